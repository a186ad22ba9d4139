//! Who sends a request: a bearer token (RFC 6750) says it, and without a known one nothing is served.
//!
//! It does not know where tokens are configured, nor what anybody may do. No token is logged, and none goes further
//! than here: the header is taken off the request.

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use http::header::AUTHORIZATION;
use http::{HeaderMap, StatusCode};
use topchef_runtime::{ApiError, Principal};
use tracing::Span;

use crate::tokens::Tokens;

/// The beginnings of the paths that are open to everybody: what asks whether the server is well has no token.
pub const OPEN_PATHS: [&str; 1] = ["/health/"];

/// The router, to which only those come who have a token; where none is configured, everybody does.
///
/// Who it is stands in the request's extensions, as a [`Principal`], and in the log.
pub fn around(router: Router, tokens: Tokens) -> Router {
    if tokens.is_empty() {
        return router;
    }
    router.layer(middleware::from_fn_with_state(tokens, authenticate))
}

async fn authenticate(State(tokens): State<Tokens>, mut request: Request, next: Next) -> Response {
    if is_open(request.uri().path()) {
        return next.run(request).await;
    }
    match principal(&tokens, request.headers()) {
        Ok(principal) => {
            Span::current().record("principal", principal.id());
            request.headers_mut().remove(AUTHORIZATION);
            request.extensions_mut().insert(principal);
            next.run(request).await
        }
        Err(error) => error.into_response(),
    }
}

/// Paths are compared as they came, as the router does, to which `/health/../jobs` is no other path's name.
fn is_open(path: &str) -> bool {
    OPEN_PATHS.iter().any(|open| path.starts_with(open))
}

/// Whose token the headers carry.
fn principal(tokens: &Tokens, headers: &HeaderMap) -> Result<Principal, ApiError> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else {
        return Err(refused(
            "unauthorized",
            "this request must say who sends it: `Authorization: Bearer` and a token",
            None,
        ));
    };
    if values.next().is_some() {
        return Err(refused(
            "several_authorizations",
            "`Authorization` came more than once",
            Some("invalid_request"),
        ));
    }
    let Some(token) = bearer(value.as_bytes()) else {
        return Err(refused(
            "not_a_bearer_token",
            "`Authorization` must be `Bearer` and a token",
            None,
        ));
    };
    let owner = tokens.owner(token).ok_or_else(|| {
        refused(
            "unknown_token",
            "the token is not one that this server knows",
            Some("invalid_token"),
        )
    })?;
    Ok(Principal::new(owner))
}

/// What follows the scheme, whose case does not count (RFC 9110, section 11.1); none when nothing does, or it is another.
fn bearer(value: &[u8]) -> Option<&[u8]> {
    let space = value.iter().position(|byte| *byte == b' ')?;
    let (scheme, token) = value.split_at(space);
    let token = token.trim_ascii();
    (scheme.eq_ignore_ascii_case(b"bearer") && !token.is_empty()).then_some(token)
}

/// 401; `error` is what RFC 6750, section 3.1, calls it, which is not said to who sent nothing.
fn refused(code: &'static str, detail: &'static str, error: Option<&str>) -> ApiError {
    let challenge = match error {
        None => "Bearer realm=\"topchef\"".to_owned(),
        Some(error) => format!("Bearer realm=\"topchef\", error=\"{error}\""),
    };
    ApiError::new(StatusCode::UNAUTHORIZED, "Unauthorized", detail)
        .with_code(code)
        .challenge(challenge)
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use http::HeaderValue;
    use tower::ServiceExt;

    use super::*;
    use crate::tokens::TokenHash;

    /// The name that a request with these headers comes under, or the code of its refusal.
    fn sent(values: &[&[u8]]) -> String {
        let tokens = Tokens::new(&[("ada", TokenHash::of(b"abc"))]).unwrap();
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_bytes(value).unwrap());
        }
        match principal(&tokens, &headers) {
            Ok(principal) => principal.id().to_owned(),
            Err(error) => {
                assert_eq!(error.status(), StatusCode::UNAUTHORIZED);
                error.code().to_owned()
            }
        }
    }

    #[test]
    fn a_known_token_says_who_it_is() {
        for value in [&b"Bearer abc"[..], b"bearer abc", b"BEARER  abc "] {
            assert_eq!(sent(&[value]), "ada");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        assert_eq!(sent(&[]), "unauthorized");
        for value in [
            &b""[..],
            b"Bearer",
            b"Bearer ",
            b"Bearerabc",
            b"abc",
            b"Basic abc",
            b"Bearer\tabc",
        ] {
            assert_eq!(sent(&[value]), "not_a_bearer_token");
        }
        for value in [&b"Bearer ABC"[..], b"Bearer abc, abc", b"Bearer ab\xff"] {
            assert_eq!(sent(&[value]), "unknown_token");
        }
        let twice: [&[u8]; 2] = [b"Bearer abc", b"Bearer abc"];
        assert_eq!(sent(&twice), "several_authorizations");
    }

    #[tokio::test]
    async fn handlers_know_who_it_is_and_see_no_token() {
        let tokens = Tokens::new(&[("ada", TokenHash::of(b"abc"))]).unwrap();
        let handler = async |request: Request| {
            assert!(!request.headers().contains_key(AUTHORIZATION));
            let principal: &Principal = request.extensions().get().unwrap();
            principal.id().to_owned()
        };
        let router = around(Router::new().route("/who", get(handler)), tokens);
        let request = Request::get("/who").header(AUTHORIZATION, "Bearer abc");
        let request = request.body(axum::body::Body::empty()).unwrap();
        let answer = router.oneshot(request).await.unwrap();
        let body = axum::body::to_bytes(answer.into_body(), 100).await.unwrap();
        assert_eq!(body, "ada");
    }

    #[test]
    fn only_what_lies_below_an_open_path_is_open() {
        assert!(is_open("/health/live"));
        for path in [
            "/",
            "/health",
            "/healthy",
            "/services",
            "//health/live",
            "/x/health/",
        ] {
            assert!(!is_open(path), "{path}");
        }
    }
}
