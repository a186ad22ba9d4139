//! `GET` of one record: 200 with the record; 304 when the client has it already; 404; 412.

use axum::response::Response;
use http::StatusCode;
use serde_json::json;

use super::request::{original_path, query_string};
use super::{Served, conditional, reply};
use crate::column::Key;
use crate::descriptor::{Method, Selection};
use crate::error::Report;
use crate::query;
use crate::schema;
use crate::transaction::Context;

pub(super) async fn handle(served: &Served, cx: Context, key: Key) -> Result<Response, Report> {
    let descriptor = served.endpoint.descriptor();
    let raw = query_string(cx.uri());
    let one = if served.common.explains {
        query::parse_one_explaining(descriptor, Method::Get, raw)?
    } else {
        query::parse_one(descriptor, Method::Get, raw)?
    };
    let preconditions = conditional::preconditions(cx.parts())?;
    let cx = cx.with_preconditions(preconditions);
    if one.explain {
        let explained = Box::pin(served.endpoint.explain_get(&cx, &key)).await?;
        let links = [("self", original_path(cx.parts()))];
        let envelope = descriptor.envelope;
        return Ok(reply::enveloped(
            envelope,
            StatusCode::OK,
            &explained,
            &links,
            b"{}",
        ));
    }
    let schema = one.meta.schema.then(|| {
        let schema = schema::json::record(descriptor, Method::Get);
        json!({ "schema": schema }).to_string()
    });
    let meta = schema.as_deref().unwrap_or("{}");
    let path = original_path(cx.parts());
    told(served, &cx, key, &one.selection, path, meta.as_bytes()).await
}

/// The record at a path.
pub(super) async fn shown(
    served: &Served,
    cx: &Context,
    key: Key,
    selection: &Selection,
    path: &str,
) -> Result<Response, Report> {
    told(served, cx, key, selection, path, b"{}").await
}

/// The record at a path, and what is told besides.
async fn told(
    served: &Served,
    cx: &Context,
    key: Key,
    selection: &Selection,
    path: &str,
    meta: &[u8],
) -> Result<Response, Report> {
    let shown = served.endpoint.get_tagged(cx, key, selection).await?;
    if let Some(response) = conditional::in_place_of(&shown.tag, cx.preconditions())? {
        return Ok(response);
    }
    let envelope = served.endpoint.descriptor().envelope;
    let links = [("self", path)];
    let response = reply::enveloped(envelope, StatusCode::OK, &shown.json, &links, meta);
    Ok(conditional::tagged(response, &shown.tag))
}
