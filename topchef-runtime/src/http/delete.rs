//! `DELETE` of one record: 204; 404; 409 when another record refers to it; 412.

use axum::response::Response;

use super::request::{original_path, query_string};
use super::{Served, conditional, reply};
use crate::column::Key;
use crate::error::Report;
use crate::query;
use crate::transaction::Context;

pub(super) async fn handle(served: &Served, cx: Context, key: Key) -> Result<Response, Report> {
    query::parse_none(query_string(cx.uri()))?;
    let preconditions = conditional::preconditions(cx.parts())?;
    let cx = cx.with_preconditions(preconditions);
    let outcome = served.endpoint.delete(&cx, key).await?;
    Ok(reply::of_write(
        served.endpoint.descriptor(),
        outcome,
        original_path(cx.parts()),
        false,
    ))
}
