//! `/health/live` and `/health/ready`: for whoever starts the server again, and whoever sends it requests.
//!
//! It does not know how readiness is found out.

use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use topchef_runtime::ApiError;

use crate::app::App;
use crate::readiness::NotReady;

/// After how long another probe may find another answer.
const AGAIN: Duration = Duration::from_secs(1);

/// `GET /health/live`: the process answers; nothing else is looked at, so that nobody kills it for its database.
pub async fn live() -> Response {
    not_stored(status(r#"{"status":"live"}"#))
}

/// `GET /health/ready`: 503 while requests would fail.
pub async fn ready(State(app): State<App>) -> Response {
    let answer = match app.readiness().check(app.database()).await {
        Ok(()) => status(r#"{"status":"ready"}"#),
        Err(reason) => refusal(reason).into_response(),
    };
    not_stored(answer)
}

fn status(json: &'static str) -> Response {
    (StatusCode::OK, [(CONTENT_TYPE, "application/json")], json).into_response()
}

/// Its cause is in the log once, and not again for each probe.
fn refusal(reason: NotReady) -> ApiError {
    ApiError::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "Not Ready",
        reason.to_string(),
    )
    .with_code(reason.code())
    .retry_after(AGAIN)
}

/// The answer of a moment is not that of the next.
fn not_stored(mut answer: Response) -> Response {
    let no_store = HeaderValue::from_static("no-store");
    answer.headers_mut().insert(CACHE_CONTROL, no_store);
    answer
}
