//! The id of a request: what the client calls it in `X-Request-Id` when that can stand in a log, and a new one otherwise.
//!
//! It does not know where the id goes. Problem documents do not repeat it: clients of the original read them, and the
//! header is there with every answer.

use axum::extract::Request;
use http::HeaderValue;
use tower_http::request_id::{MakeRequestId, RequestId};
use uuid::Uuid;

/// The header, in requests and in answers.
const HEADER: &str = "x-request-id";

/// The longest id that a client may choose, in bytes: it stands in every line of the log on its request.
const LONGEST: usize = 128;

/// Makes ids that sort by time.
#[derive(Clone, Copy, Debug)]
pub(super) struct NewRequestId;

impl MakeRequestId for NewRequestId {
    fn make_request_id<B>(&mut self, _: &http::Request<B>) -> Option<RequestId> {
        let id = HeaderValue::try_from(Uuid::now_v7().to_string());
        id.ok().map(RequestId::new)
    }
}

/// The request without an id that is not kept, so that it is given a new one.
pub(super) fn without_strange_ones(mut request: Request) -> Request {
    let mut given = request.headers().get_all(HEADER).iter();
    let is_kept = match (given.next(), given.next()) {
        (Some(only), None) => is_sane(only.as_bytes()),
        // Of several, the client and whoever stands in between would each mean another one.
        _ => false,
    };
    if !is_kept {
        request.headers_mut().remove(HEADER);
    }
    request
}

/// The id of a request that was given one.
pub(super) fn of(request: &Request) -> &str {
    let id = request.extensions().get::<RequestId>();
    let text = id.and_then(|id| id.header_value().to_str().ok());
    text.unwrap_or_default()
}

/// Whether it is visible ASCII, without spaces, of a length that a log can bear.
fn is_sane(id: &[u8]) -> bool {
    (1..=LONGEST).contains(&id.len()) && id.iter().all(u8::is_ascii_graphic)
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn kept(ids: &[&[u8]]) -> Option<HeaderValue> {
        let mut request = Request::new(Body::empty());
        for id in ids {
            let id = HeaderValue::from_bytes(id).unwrap();
            request.headers_mut().append(HEADER, id);
        }
        let request = without_strange_ones(request);
        request.headers().get(HEADER).cloned()
    }

    #[test]
    fn an_id_that_can_stand_in_a_log_is_kept() {
        for id in ["7", "01JD-lab/7:a=b", &"x".repeat(LONGEST)] {
            assert_eq!(kept(&[id.as_bytes()]).unwrap(), id);
        }
    }

    #[test]
    fn every_other_id_is_taken_away() {
        let long = "x".repeat(LONGEST + 1);
        for id in [
            &b""[..],
            b"two words",
            b"tab\there",
            b"\xe9",
            long.as_bytes(),
        ] {
            assert_eq!(kept(&[id]), None, "{id:?}");
        }
        assert_eq!(kept(&[b"one", b"two"]), None);
        assert_eq!(kept(&[]), None);
    }
}
