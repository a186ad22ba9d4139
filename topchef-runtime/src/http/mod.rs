//! Resources over HTTP: the router from descriptors, one file per verb.
//!
//! It knows requests and answers; what is done with a resource is the transaction manager's, and no driver is named here.

mod access;
mod api;
mod conditional;
pub mod connections;
mod delete;
mod dispatch;
mod documentation;
mod get;
mod idempotency;
mod list;
mod patch;
mod post;
mod put;
mod reply;
mod request;
mod serve;

use std::any::Any;
use std::convert::Infallible;

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;

use crate::error::{ApiError, Report};

use api::Served;

pub use access::{Authenticated, Authenticator, Decided, Public, Undecided};
pub use api::{Api, MAX_BODY_BYTES};
pub use conditional::preconditions;
pub use request::{JsonBody, content_type_is_json, query_string, read_body};

/// A router whose every answer that is not a success is a problem document: unknown paths and panics too.
pub fn guarded(router: Router) -> Router {
    router
        .fallback(no_such_path)
        .layer(CatchPanicLayer::custom(panicked))
}

/// A handler that panicked: what it said is for the log, which may not be where the panic hook writes.
#[expect(clippy::needless_pass_by_value, reason = "the layer gives it away")]
fn panicked(payload: Box<dyn Any + Send>) -> Response {
    let said = payload
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    ApiError::internal(std::io::Error::other(format!("a handler panicked: {said}"))).into_response()
}

async fn no_such_path(request: Request) -> Result<Infallible, Report> {
    Err(ApiError::no_such_path(request.uri().path()).into())
}

impl IntoResponse for Report {
    /// The problem document; the causes go to the log here, and nowhere else.
    fn into_response(self) -> Response {
        reply::problem(&self)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        Report::from(self).into_response()
    }
}

impl IntoResponse for crate::Reply {
    fn into_response(self) -> Response {
        self.into_axum()
    }
}
