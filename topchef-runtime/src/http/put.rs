//! `PUT` of one record: a full replacement, 200; 201 when it created; 400 when the body has another key than the path; 412.

use axum::body::Body;
use axum::response::Response;

use super::request::{original_path, query_string};
use super::{Served, conditional, reply};
use crate::column::Key;
use crate::descriptor::Method;
use crate::error::Report;
use crate::query;
use crate::transaction::Context;

pub(super) async fn handle(
    served: &Served,
    cx: Context,
    body: Body,
    key: Key,
) -> Result<Response, Report> {
    let descriptor = served.endpoint.descriptor();
    let one = query::parse_one(descriptor, Method::Put, query_string(cx.uri()))?;
    let preconditions = conditional::preconditions(cx.parts())?;
    let input = served.input(cx.headers(), body).await?;
    let cx = cx.with_preconditions(preconditions);
    let outcome = served.endpoint.put(&cx, key, input, &one.selection).await?;
    Ok(reply::of_write(
        descriptor,
        outcome,
        original_path(cx.parts()),
        false,
    ))
}
