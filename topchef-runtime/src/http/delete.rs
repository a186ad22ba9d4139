//! `DELETE` of one record: 204; 404; 409 when another record refers to it; 412.

use axum::extract::Request;
use axum::response::Response;

use super::request::{original_path, query_string};
use super::{Served, conditional, reply};
use crate::column::Key;
use crate::error::Report;
use crate::query;

pub(super) async fn handle(
    served: &Served,
    request: Request,
    key: Key,
) -> Result<Response, Report> {
    let (parts, _) = request.into_parts();
    query::parse_none(query_string(&parts.uri))?;
    let cx = served
        .context_of(&parts, &key)
        .with_preconditions(conditional::preconditions(&parts)?);
    let outcome = served.endpoint.delete(&cx, key).await?;
    Ok(reply::of_write(
        served.endpoint.descriptor(),
        outcome,
        original_path(&parts),
        false,
    ))
}
