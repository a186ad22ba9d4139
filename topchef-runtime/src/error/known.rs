//! The errors that the runtime itself raises, each with its status, title and code.
//!
//! It does not know when they are raised.

use std::fmt::Display;
use std::time::Duration;

use http::{Method, StatusCode};

use super::{ApiError, TRANSACTION_CONFLICT};

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

    /// 400: an item of an array is JSON, but not an object; it is `at` the item itself.
    pub fn item_not_an_object() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "Deserialization Error From Client Data",
            "must be a JSON object",
        )
        .with_code("not_an_object")
        .at("")
    }

    /// 400: a field came in both of its spellings; `key` is its wire name.
    pub fn given_twice(key: &str) -> Self {
        Self::deserialization(key, "duplicate", "given in two spellings")
    }

    /// 400: the body is an array with nothing in it.
    pub fn no_records() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "Deserialization Error From Client Data",
            "the array must hold at least one record",
        )
        .with_code("empty")
        .at("")
    }

    /// 413: there are more records than `limit`.
    pub fn too_many_records(limit: usize) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "Payload Too Large",
            format!("there are more than {limit} records"),
        )
        .with_code("too_many_records")
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

    /// 401: who sends the request must say who they are; [`challenge`](Self::challenge) says how, `Bearer` otherwise.
    pub fn unauthorized() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "Unauthorized",
            "this request must say who sends it",
        )
    }

    /// 403: who sends the request may not do this; `detail` says what.
    pub fn forbidden(detail: impl Display) -> Self {
        Self::new(StatusCode::FORBIDDEN, "Forbidden", detail.to_string())
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

    /// 400: a relation has more records than one answer holds; `relation` is its wire name.
    pub fn related_too_large(relation: &str) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "Answer Too Large",
            format!(
                "the records of `{relation}` are too many for one answer; ask for fewer records, or for their own collection"
            ),
        )
        .with_code("related_too_large")
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

    /// 409: another record is too like this one, in what the table does not name as its columns.
    pub fn not_unique_together() -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "Conflict",
            "another record has these values already",
        )
        .with_code("unique")
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

    /// 409: there is no record of `resource` with this key; `field`, a wire name, refers to it.
    pub fn reference_to_nothing(field: &str, resource: &str, key: impl Display) -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "Conflict",
            format!(
                "`{field}`: there is no {} with the key `{}`",
                resource.to_lowercase(),
                shortened(&key.to_string())
            ),
        )
        .with_code("foreign_key")
        .at(pointer(field))
    }

    /// 409: other records refer to this one; `relation`, a wire name, leads to them.
    pub fn still_referred_to(relation: &str) -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "Conflict",
            format!("this record is still referred to by its `{relation}`"),
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

    /// 400: a header cannot be understood; `name` is its name.
    pub fn malformed_header(name: &str, detail: impl Display) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "Invalid Header",
            format!("`{name}`: {detail}"),
        )
        .with_code("malformed_header")
    }

    /// 412: what the request asks of the stored record does not hold.
    pub fn precondition_failed() -> Self {
        Self::new(
            StatusCode::PRECONDITION_FAILED,
            "Precondition Failed",
            "the stored record is not the one that `If-Match` or `If-None-Match` asks for; nothing was done",
        )
    }

    /// 409: the record was changed after it was read.
    pub fn changed_meanwhile() -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "Conflict",
            "the record was changed meanwhile",
        )
        .with_code("changed_meanwhile")
    }

    /// 422: an `Idempotency-Key` came with another request before.
    pub fn idempotency_key_reused() -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "Idempotency Key Already Used",
            "`Idempotency-Key`: another request had this key",
        )
        .with_code("idempotency_key_reused")
    }

    /// 409: the request that came first with this `Idempotency-Key` still runs; worth another try after a second.
    pub fn idempotency_key_in_use() -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "Idempotency Key In Use",
            "`Idempotency-Key`: the first request with this key is not answered yet",
        )
        .with_code("idempotency_key_in_use")
        .retry_after(Duration::from_secs(1))
    }

    /// 409: a request with an `Idempotency-Key` was carried out, but what a hook answered to it is not known any more.
    pub fn answer_lost() -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "Conflict",
            "`Idempotency-Key`: the first request with this key was carried out, but its answer was lost",
        )
        .with_code("answer_lost")
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

    /// 503: the database undid a transaction because of another one, again and again; worth another try after a second.
    pub(crate) fn transaction_conflict(
        cause: impl std::error::Error + Send + Sync + 'static,
    ) -> Self {
        Self::database_unavailable(cause).with_code(TRANSACTION_CONFLICT)
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
pub(crate) fn pointer(key: &str) -> String {
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
