//! `PATCH` of one record: a merge patch (RFC 7396), absent is not null; 200; 404; 412; 415 says what it takes.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::HeaderName;

use super::request::{content_type_is, original_path, query_string};
use super::{Served, conditional, get, idempotency, reply};
use crate::column::Key;
use crate::descriptor::Method;
use crate::error::{ApiError, Report};
use crate::query::{self, One};
use crate::transaction::{Context, Draft, Endpoint};

/// The media types that a patch may have; both mean the same.
const MEDIA_TYPES: [&str; 2] = ["application/merge-patch+json", "application/json"];

/// What `PATCH` takes (RFC 5789, section 3.1).
pub(super) const ACCEPT_PATCH: (HeaderName, HeaderValue) = (
    HeaderName::from_static("accept-patch"),
    HeaderValue::from_static("application/merge-patch+json, application/json"),
);

pub(super) async fn handle(
    served: &Served,
    cx: Context,
    body: Body,
    key: Key,
) -> Result<Response, Report> {
    if !content_type_is(cx.headers(), &MEDIA_TYPES) {
        return Ok(unsupported());
    }
    let descriptor = served.endpoint.descriptor();
    let asked = query::parse_one(descriptor, Method::Patch, query_string(cx.uri()))?;
    let preconditions = conditional::preconditions(cx.parts())?;
    let body = served.json(cx.headers(), body).await?;
    let once = idempotency::key_of(&cx, body.bytes())?;
    let input = served.draft(&body)?;
    let path = original_path(cx.parts()).to_owned();
    let Some(once) = once else {
        let cx = cx.with_preconditions(preconditions);
        return merge(served.endpoint, cx, key, input, asked, path).await;
    };
    let carried_out = merge(
        served.endpoint,
        cx.clone()
            .with_preconditions(preconditions)
            .with_once(once.clone()),
        key.clone(),
        input,
        asked.clone(),
        path.clone(),
    );
    let again = |_| async move { get::shown(served, &cx, key, &asked.selection, &path).await };
    Box::pin(idempotency::once(served, once, carried_out, again)).await
}

async fn merge(
    endpoint: Endpoint,
    cx: Context,
    key: Key,
    input: Draft,
    asked: One,
    path: String,
) -> Result<Response, Report> {
    let outcome = endpoint.patch(&cx, key, input, &asked.selection).await?;
    Ok(reply::of_write(
        endpoint.descriptor(),
        outcome,
        &path,
        false,
    ))
}

/// 415, which says what would be taken (RFC 5789, section 2.2).
fn unsupported() -> Response {
    let mut response = ApiError::unsupported_media_type().into_response();
    let (name, value) = ACCEPT_PATCH;
    response.headers_mut().insert(name, value);
    response
}
