//! The errors that the runtime itself raises, each with its status, title and code.
//!
//! It does not know when they are raised.

use std::fmt::Display;
use std::time::Duration;

use http::{Method, StatusCode};

use super::ApiError;

impl ApiError {
    /// 400: one key of a body is missing or wrong; `key` is its wire name.
    pub fn deserialization(key: &str, code: &'static str, detail: impl Display) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "Deserialization Error From Client Data",
            format!("`{key}`: {detail}"),
        )
        .with_code(code)
        .at(pointer(key))
    }

    /// 400: the body is JSON, but not an object.
    pub fn not_an_object() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "Deserialization Error From Client Data",
            "`_schema`: the body must be a JSON object",
        )
        .with_code("not_an_object")
        .at("")
    }

    /// 400: the body is not JSON; `reason` says where it stops being JSON.
    pub fn not_json(reason: impl Display) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "Request Not JSON",
            format!("the body is not JSON: {reason}"),
        )
    }

    /// 415: the `Content-Type` does not say JSON.
    pub fn unsupported_media_type() -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Unsupported Media Type",
            "the body must be JSON, and `Content-Type` must say so: `application/json` or `application/*+json`",
        )
    }

    /// 413: the body is longer than `limit` bytes.
    pub fn payload_too_large(limit: usize) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "Payload Too Large",
            format!("the body is longer than {limit} bytes"),
        )
    }

    /// 400: the body is nested deeper than `limit` arrays and objects.
    pub fn too_deep(limit: usize) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "Request Not JSON",
            format!("the body is nested deeper than {limit} levels"),
        )
        .with_code("too_deep")
    }

    /// 400: the client went away, or sent less than it announced.
    pub fn body_not_read(cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "Request Not JSON",
            "the body could not be read to its end",
        )
        .with_code("body_not_read")
        .caused_by(cause)
    }

    /// 404: nothing is served at this path.
    pub fn no_such_path(path: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "Not Found",
            format!("nothing is served at `{}`", shortened(path)),
        )
    }

    /// 404: `text` in the URL is not what the key of `resource` looks like.
    pub fn not_a_key(kind: &str, text: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            format!("Not {kind} Error"),
            format!("`{}` is not a {kind}", shortened(text)),
        )
    }

    /// 404: there is no such record.
    pub fn record_not_found(resource: &str, key: impl Display) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            format!("{resource} Not Found"),
            format!(
                "there is no {} with the key `{}`",
                resource.to_lowercase(),
                shortened(&key.to_string())
            ),
        )
    }

    /// 405: the resource has no such method; `allow` goes into the header.
    pub fn method_not_implemented(method: &Method, allow: &str) -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "Method Not Implemented",
            format!("{method} is not implemented here; available: {allow}"),
        )
        .allowing(allow.to_owned())
    }

    /// 400: a query parameter is unknown or its value is wrong; `detail` lists what is allowed.
    pub fn query_parameter(name: &str, code: &'static str, detail: impl Display) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "Invalid Query Parameter",
            format!("`{}`: {detail}", shortened(name)),
        )
        .with_code(code)
    }

    /// 409: another record has this value already; `field` is a wire name.
    pub fn not_unique(field: &str) -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "Conflict",
            format!("`{field}`: another record has this value already"),
        )
        .with_code("unique")
        .at(pointer(field))
    }

    /// 409: a record that this one refers to does not exist, or one that refers to this one does.
    pub fn reference_broken() -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "Conflict",
            "a record that is referred to does not exist, or this record is still referred to",
        )
        .with_code("foreign_key")
    }

    /// 400: the database refused the values by a rule of its own.
    pub fn constraint() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "Deserialization Error From Client Data",
            "the values break a rule of the table",
        )
        .with_code("constraint")
    }

    /// 503: the database is busy or gone; worth another try after a second.
    pub fn database_unavailable(cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "Database Error",
            "the database cannot answer now",
        )
        .retry_after(Duration::from_secs(1))
        .caused_by(cause)
    }

    /// 500: a record could not be written as JSON.
    pub fn serialization(cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Serialization Error From Server Data",
            "the record cannot be shown; the maintainer should hang their head in shame",
        )
        .caused_by(cause)
    }

    /// 500: anything else; the cause is for the log.
    pub fn internal(cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Internal Error",
            "the server failed; its log says why",
        )
        .caused_by(cause)
    }
}

/// The JSON pointer to a key of the body (RFC 6901, section 3: `~` and `/` are escaped).
fn pointer(key: &str) -> String {
    format!("/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// The start of a text that a stranger chose: an answer does not grow with what was sent.
pub(crate) fn shortened(text: &str) -> String {
    const LONGEST: usize = 100;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
