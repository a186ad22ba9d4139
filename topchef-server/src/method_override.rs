//! `X-HTTP-Method-Override`: a POST that asks to be treated as another method, for clients that can send nothing else.
//! It knows no route and no resource.
//!
//! It wraps the whole router, because a layer added with `Router::layer` runs only after the route was chosen.
//! The header counts on POST alone: taken on GET, as the original did, every link could write.

use std::{
    convert::Infallible,
    task::{Context, Poll},
};

use axum::{
    body::Body,
    extract::Request,
    http::{
        HeaderMap, Method,
        header::{CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING},
    },
    response::Response,
};
use tower::{Layer, Service, util::MapResponse};

/// The header that names the method; compared without regard to case, as all headers.
const HEADER: &str = "x-http-method-override";

/// Wraps a service in [`MethodOverride`].
#[derive(Debug, Clone, Copy, Default)]
pub struct MethodOverrideLayer;

impl<S> Layer<S> for MethodOverrideLayer {
    type Service = MethodOverride<S>;

    fn layer(&self, inner: S) -> Self::Service {
        MethodOverride { inner }
    }
}

/// Gives a POST the method its header names, then passes it on; every other request is passed on as it is.
#[derive(Debug, Clone)]
pub struct MethodOverride<S> {
    inner: S,
}

impl<S> Service<Request> for MethodOverride<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = <MapResponse<S, fn(Response) -> Response> as Service<Request>>::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let mut answer: fn(Response) -> Response = as_it_is;
        if let Some(method) = overriding_method(&request) {
            if matches!(
                method,
                Method::GET | Method::HEAD | Method::OPTIONS | Method::DELETE
            ) {
                drop_body(&mut request);
            }
            if method == Method::HEAD {
                answer = without_body;
            }
            *request.method_mut() = method;
        }
        MapResponse::new(&mut self.inner, answer).call(request)
    }
}

/// The method to use instead of POST; none when the header is missing, given twice or names anything else.
fn overriding_method(request: &Request) -> Option<Method> {
    if request.method() != Method::POST {
        return None;
    }
    let mut values = request.headers().get_all(HEADER).iter();
    let value = values.next()?;
    if values.next().is_some() {
        return None;
    }
    let known = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::DELETE,
        Method::PUT,
        Method::PATCH,
        Method::OPTIONS,
    ];
    known.into_iter().find(|method| {
        value
            .as_bytes()
            .eq_ignore_ascii_case(method.as_str().as_bytes())
    })
}

/// These methods have no body, so nothing may take what was sent for one.
fn drop_body(request: &mut Request) {
    *request.body_mut() = Body::empty();
    remove_framing(request.headers_mut());
    request.headers_mut().remove(CONTENT_TYPE);
}

fn as_it_is(response: Response) -> Response {
    response
}

/// On the wire the request was a POST, so its client waits for as many bytes as `Content-Length` promises; what a HEAD
/// says there would never come.
fn without_body(mut response: Response) -> Response {
    *response.body_mut() = Body::empty();
    remove_framing(response.headers_mut());
    response
}

fn remove_framing(headers: &mut HeaderMap) {
    headers.remove(CONTENT_LENGTH);
    headers.remove(TRANSFER_ENCODING);
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::to_bytes, routing::any};
    use tower::ServiceExt;

    use super::*;

    /// What the handler behind the layer saw: `METHOD body`.
    async fn seen(request: Request) -> String {
        let response = answer(request).await;
        let bytes = to_bytes(response.into_body(), 1024).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    async fn answer(request: Request) -> Response {
        let echo = any(|method: Method, body: String| async move { format!("{method} {body}") });
        let router = Router::new().route("/", echo);
        MethodOverrideLayer
            .layer(router)
            .oneshot(request)
            .await
            .unwrap()
    }

    fn request(method: &str, headers: &[&str]) -> Request {
        let mut request = Request::builder()
            .method(method)
            .uri("/")
            .header(CONTENT_LENGTH, 4);
        for value in headers {
            request = request.header("X-HTTP-Method-Override", *value);
        }
        request.body(Body::from("body")).unwrap()
    }

    #[tokio::test]
    async fn a_post_becomes_what_it_names_in_any_case() {
        for value in ["PATCH", "patch", "Patch"] {
            assert_eq!(seen(request("POST", &[value])).await, "PATCH body");
        }
        assert_eq!(seen(request("POST", &["PUT"])).await, "PUT body");
        assert_eq!(seen(request("POST", &["post"])).await, "POST body");
    }

    #[tokio::test]
    async fn a_method_without_a_body_gets_none() {
        assert_eq!(seen(request("POST", &["get"])).await, "GET ");
        assert_eq!(seen(request("POST", &["DELETE"])).await, "DELETE ");
        assert_eq!(seen(request("POST", &["OPTIONS"])).await, "OPTIONS ");
    }

    #[tokio::test]
    async fn a_head_promises_no_body() {
        let response = answer(request("POST", &["HEAD"])).await;
        assert!(!response.headers().contains_key(CONTENT_LENGTH));
        assert!(
            to_bytes(response.into_body(), 1024)
                .await
                .unwrap()
                .is_empty()
        );
    }

    #[tokio::test]
    async fn other_values_and_doubled_headers_are_ignored() {
        for value in ["", "TRACE", "CONNECT", "PATCHY", "DELETE, GET", "ünknown"] {
            assert_eq!(
                seen(request("POST", &[value])).await,
                "POST body",
                "{value}"
            );
        }
        assert_eq!(seen(request("POST", &["DELETE", "GET"])).await, "POST body");
        assert_eq!(seen(request("POST", &[])).await, "POST body");
    }

    #[tokio::test]
    async fn other_methods_keep_their_own() {
        for method in ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"] {
            assert_eq!(
                seen(request(method, &["POST"])).await,
                format!("{method} body")
            );
        }
    }
}
