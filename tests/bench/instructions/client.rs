//! Who asks: a router in the same process, one request after the other, each answer read to its end.
//!
//! It does not know what is asked for.

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use http::{HeaderMap, Method, Request, StatusCode};
use tower::ServiceExt as _;

use crate::Failure;

/// A router to be asked.
pub(crate) struct Client(Router);

/// An answer, read to its end.
pub(crate) struct Answer {
    status: StatusCode,
    pub(crate) headers: HeaderMap,
    body: Bytes,
}

impl Client {
    pub(crate) fn new(router: Router) -> Self {
        Self(router)
    }

    /// An answer with that status; any other is a failure.
    pub(crate) async fn get(&self, path: &str, status: u16) -> Result<Answer, Failure> {
        let request = Request::get(path).header("host", "localhost");
        self.ask(request.body(Body::empty())?, status).await
    }

    /// The same, for who has the answer with this entity tag already.
    pub(crate) async fn get_again(
        &self,
        path: &str,
        tag: &str,
        status: u16,
    ) -> Result<Answer, Failure> {
        let request = Request::get(path).header("host", "localhost");
        let request = request.header("if-none-match", tag);
        self.ask(request.body(Body::empty())?, status).await
    }

    /// The same, without a body.
    pub(crate) async fn delete(&self, path: &str, status: u16) -> Result<Answer, Failure> {
        let request = Request::delete(path).header("host", "localhost");
        self.ask(request.body(Body::empty())?, status).await
    }

    /// The same, with a body of JSON.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        body: String,
        status: u16,
    ) -> Result<Answer, Failure> {
        let request = Request::builder().method(method).uri(path);
        let request = request.header("host", "localhost");
        let request = request
            .header("content-type", "application/json")
            .header("content-length", body.len());
        self.ask(request.body(Body::from(body))?, status).await
    }

    async fn ask(&self, request: Request<Body>, status: u16) -> Result<Answer, Failure> {
        let (parts, body) = self.0.clone().oneshot(request).await?.into_parts();
        let answer = Answer {
            status: parts.status,
            headers: parts.headers,
            body: to_bytes(body, usize::MAX).await?,
        };
        if answer.status.as_u16() == status {
            return Ok(answer);
        }
        let body = String::from_utf8_lossy(&answer.body);
        Err(format!("{} instead of {status}: {body}", answer.status).into())
    }
}
