//! `If-Match` and `If-None-Match` of a request, and the answer to a read whose record the client has already.
//!
//! It does not know how tags are made and compared.

use axum::response::Response;
use http::header::{ETAG, HeaderName, IF_MATCH, IF_NONE_MATCH};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::Reply;
use crate::error::ApiError;
use crate::transaction::{EntityTag, Expected, Preconditions, Verdict};

/// What a request asks of the record.
///
/// # Errors
/// 400 when one of the headers is not what RFC 9110, section 13.1, says.
pub fn preconditions(parts: &Parts) -> Result<Preconditions, ApiError> {
    Ok(Preconditions {
        matching: expected(&parts.headers, &IF_MATCH, "If-Match")?,
        not_matching: expected(&parts.headers, &IF_NONE_MATCH, "If-None-Match")?,
    })
}

fn expected(
    headers: &HeaderMap,
    name: &HeaderName,
    shown: &str,
) -> Result<Option<Expected>, ApiError> {
    let lines: Vec<_> = headers
        .get_all(name)
        .iter()
        .map(|line| String::from_utf8_lossy(line.as_bytes()))
        .collect();
    if lines.is_empty() {
        return Ok(None);
    }
    // A list that is sent in several lines is one list (RFC 9110, section 5.3).
    Expected::parse(&lines.join(","))
        .map(Some)
        .map_err(|error| ApiError::malformed_header(shown, error))
}

/// The answer to a read of a record with this tag, when it is not the record.
///
/// # Errors
/// 412 when `If-Match` asks for another.
pub(super) fn in_place_of(
    record: &EntityTag,
    preconditions: &Preconditions,
) -> Result<Option<Response>, ApiError> {
    match preconditions.of_read(record) {
        Verdict::Proceed => Ok(None),
        Verdict::NotModified => {
            let mut reply = Reply::no_content();
            reply.status = StatusCode::NOT_MODIFIED;
            Ok(Some(tagged(reply.into_axum(), record)))
        }
        Verdict::Failed => Err(ApiError::precondition_failed()),
    }
}

/// With the tag of the record that it shows.
pub(super) fn tagged(mut response: Response, record: &EntityTag) -> Response {
    // A tag is of hexadecimal digits, a dot and quotes: it always is a header.
    if let Ok(tag) = HeaderValue::try_from(record.text()) {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}
