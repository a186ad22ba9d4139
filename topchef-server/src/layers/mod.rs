//! What stands around every route: the id, the trace and the count of a request, and the longest that it may take.
//!
//! It does not know the routes.

mod request_id;

use std::time::Duration;

use axum::Router;
use axum::error_handling::HandleErrorLayer;
use axum::extract::Request;
use axum::middleware::from_fn_with_state;
use http::StatusCode;
use topchef_runtime::ApiError;
use tower::timeout::TimeoutLayer;
use tower::{BoxError, ServiceBuilder};
use tower_http::request_id::{PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::trace::TraceLayer;
use tracing::Span;

use crate::metrics::{self, Metrics};

use request_id::NewRequestId;

/// The longest that a request may take; what takes longer is answered with 503, and may still be carried out.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// The router with the layers around it, the count outermost: what a layer answers is counted too.
pub fn around(router: Router, counted: Metrics) -> Router {
    let router = router.layer(
        ServiceBuilder::new()
            .map_request(request_id::without_strange_ones)
            .layer(SetRequestIdLayer::x_request_id(NewRequestId))
            .layer(
                TraceLayer::new_for_http()
                    .make_span_with(|request: &Request| span(request))
                    // A failure is logged once, with its cause, where its answer is made.
                    .on_failure(()),
            )
            .layer(PropagateRequestIdLayer::x_request_id())
            .layer(HandleErrorLayer::new(timed_out))
            .layer(TimeoutLayer::new(REQUEST_TIMEOUT)),
    );
    router.layer(from_fn_with_state(counted, metrics::count))
}

/// What every line of the log on a request says of it; a path may be as long as a stranger likes.
fn span(request: &Request) -> Span {
    const LONGEST: usize = 200;
    let path: String = request.uri().path().chars().take(LONGEST).collect();
    let id = request_id::of(request);
    // Who sends it is found out further in.
    tracing::info_span!("request", id, method = %request.method(), path, principal = tracing::field::Empty)
}

async fn timed_out(error: BoxError) -> ApiError {
    let seconds = REQUEST_TIMEOUT.as_secs();
    ApiError::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "Timeout",
        format!(
            "the request took longer than {seconds} s and is not waited for; it may still be carried out"
        ),
    )
    .retry_after(Duration::from_secs(1))
    .caused_by(std::io::Error::other(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_timeout_does_not_say_that_nothing_was_done() {
        let error = timed_out("too late".into()).await;
        assert_eq!(error.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(error.detail().contains("may still be carried out"));
        assert!(!error.detail().contains("given up"));
    }
}
