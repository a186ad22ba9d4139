//! What the cases in `tests/pass/` share: a way to ask a router.
//!
//! It knows neither the runtime nor the derive; README.md says how a case is added.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use axum::http::header::CONTENT_TYPE;
use serde_json::Value;
use tower::ServiceExt;

/// Sends a request to the router, with a JSON body unless it is null, and gives the status and the JSON of the answer.
///
/// # Errors
/// When the request cannot be made, or the answer is not JSON.
pub async fn send(
    router: &Router,
    method: &str,
    path: &str,
    body: Value,
) -> Result<(u16, Value), Box<dyn std::error::Error>> {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(CONTENT_TYPE, "application/json");
    let request = match body {
        Value::Null => request.body(Body::empty())?,
        body => request.body(Body::from(body.to_string()))?,
    };
    let response = router.clone().oneshot(request).await?;
    let status = response.status().as_u16();
    let bytes = to_bytes(response.into_body(), usize::MAX).await?;
    if bytes.is_empty() {
        return Ok((status, Value::Null));
    }
    Ok((status, serde_json::from_slice(&bytes)?))
}
