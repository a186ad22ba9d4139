//! What handlers need of a request: its context, its body as JSON, its query.
//!
//! It does not know what is done with them.

use std::time::Duration;

use axum::body::Body;
use axum::extract::OriginalUri;
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, EXPECT};
use http::request::Parts;
use http::{HeaderMap, Uri};
use http_body_util::BodyExt;
use percent_encoding::percent_decode_str;
use smallvec::SmallVec;

use super::Served;
use crate::column::Key;
use crate::error::{ApiError, Report};
use crate::transaction::{Draft, Object, Records, Unknown};

/// A body that says it is JSON.
#[derive(Clone, Debug)]
pub struct JsonBody(Bytes);

impl JsonBody {
    /// Reads a body of at most `limit` bytes.
    ///
    /// # Errors
    /// 415 when the `Content-Type` is not JSON; 413 when it is longer; 400 when it ends early.
    pub async fn read(headers: &HeaderMap, body: Body, limit: usize) -> Result<Self, ApiError> {
        if !content_type_is_json(headers) {
            return Err(ApiError::unsupported_media_type());
        }
        read_body(headers, body, limit).await.map(Self)
    }

    /// The body as it came.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The JSON object or array that it is.
    ///
    /// # Errors
    /// 400 when it is not JSON, or neither.
    pub fn records(&self) -> Result<Records<'_>, Report> {
        Records::read(&self.0)
    }

    /// The JSON object that it is.
    ///
    /// # Errors
    /// 400 when it is not JSON, or not an object.
    pub fn object(&self) -> Result<Object<'_>, Report> {
        Object::read(&self.0)
    }
}

/// Reads a body of at most `limit` bytes, whatever its type.
///
/// # Errors
/// 413 when it is longer; 400 when it ends early.
pub async fn read_body(
    headers: &HeaderMap,
    mut body: Body,
    limit: usize,
) -> Result<Bytes, ApiError> {
    let announced = headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<usize>().ok())
        .unwrap_or_default();
    if announced > limit {
        // Who waits to be told to go on has sent nothing yet.
        if !headers.contains_key(EXPECT) {
            discard(body).await;
        }
        return Err(ApiError::payload_too_large(limit));
    }
    let mut collected = Vec::with_capacity(announced.min(limit));
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| ApiError::body_not_read(std::io::Error::other(error)))?;
        let data = frame.into_data().unwrap_or_default();
        if collected.len() + data.len() > limit {
            discard(body).await;
            return Err(ApiError::payload_too_large(limit));
        }
        collected.extend_from_slice(&data);
    }
    Ok(collected.into())
}

/// Reads on for a while what nobody wants: a client that is still sending when the connection closes never sees why.
async fn discard(mut body: Body) {
    const AT_MOST: usize = 64 * 1024 * 1024;
    const FOR_AT_MOST: Duration = Duration::from_secs(1);
    let to_its_end = async {
        let mut discarded = 0;
        while let Some(Ok(frame)) = body.frame().await {
            discarded += frame.data_ref().map_or(0, Bytes::len);
            if discarded > AT_MOST {
                return;
            }
        }
    };
    // A client that is slower than that is left to find the connection closed.
    let _ = tokio::time::timeout(FOR_AT_MOST, to_its_end).await;
}

/// Whether the `Content-Type` is `application/json` or `application/*+json` (RFC 6839), with or without parameters.
pub fn content_type_is_json(headers: &HeaderMap) -> bool {
    essence(headers)
        .strip_prefix("application/")
        .is_some_and(|subtype| subtype == "json" || subtype.ends_with("+json"))
}

/// Whether the `Content-Type` is one of these, with or without parameters.
pub(super) fn content_type_is(headers: &HeaderMap, media_types: &[&str]) -> bool {
    media_types.contains(&essence(headers).as_str())
}

/// The `Content-Type` without its parameters, in lower case; empty when there is none.
fn essence(headers: &HeaderMap) -> String {
    let value = headers.get(CONTENT_TYPE);
    let value = value.and_then(|value| value.to_str().ok());
    let essence = value.unwrap_or_default().split(';').next();
    essence.unwrap_or_default().trim().to_ascii_lowercase()
}

/// The query of a URI, without its question mark.
pub fn query_string(uri: &Uri) -> &str {
    uri.query().unwrap_or_default()
}

/// The path as the client sent it, with what a router around this one took off.
pub(super) fn original_path(parts: &Parts) -> &str {
    parts
        .extensions
        .get::<OriginalUri>()
        .map_or_else(|| parts.uri.path(), |original| original.0.path())
}

impl Served {
    /// The key that the end of a path spells, each of its columns in a part of its own.
    ///
    /// # Errors
    /// 404 when it is none: there is no record at that path.
    pub(super) fn key_at(&self, path: &str) -> Result<Key, ApiError> {
        let columns = self.endpoint.descriptor().key.len();
        // What a router around this one has parameters for comes before these.
        let parts = path.rsplit('/').take(columns);
        let parts = parts.map(|part| percent_decode_str(part).decode_utf8());
        // What is not percent-encoded UTF-8 names nothing.
        let parts: Result<SmallVec<[_; 2]>, _> = parts.collect();
        let parts = parts.map_err(|_| ApiError::no_such_path(path))?;
        let parts: SmallVec<[_; 2]> = parts.iter().rev().map(AsRef::as_ref).collect();
        self.endpoint.parse_key(&parts)
    }

    /// The columns that a body gives, and what is wrong with them.
    pub(super) async fn input(&self, headers: &HeaderMap, body: Body) -> Result<Draft, Report> {
        self.draft(&self.json(headers, body).await?)
    }

    /// The body, which must be JSON and say so.
    pub(super) async fn json(&self, headers: &HeaderMap, body: Body) -> Result<JsonBody, ApiError> {
        JsonBody::read(headers, body, self.common.max_body_bytes).await
    }

    /// The columns that a body gives, and what is wrong with them.
    pub(super) fn draft(&self, body: &JsonBody) -> Result<Draft, Report> {
        let object = body.object()?;
        Ok(Draft::read(
            self.endpoint.descriptor(),
            &object,
            Unknown::Refuse,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_known_by_its_content_type() {
        for (content_type, expected) in [
            ("application/json", true),
            ("Application/JSON; charset=utf-8", true),
            ("application/vnd.api+json", true),
            ("application/merge-patch+json", true),
            ("text/json", false),
            ("application/jsonp", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, content_type.parse().unwrap());
            assert_eq!(content_type_is_json(&headers), expected, "{content_type}");
        }
        assert!(!content_type_is_json(&HeaderMap::new()));
    }
}
