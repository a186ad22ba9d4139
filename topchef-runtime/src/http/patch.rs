//! `PATCH` of one record: a merge patch (RFC 7396), absent is not null; 200; 404.

use axum::extract::Request;
use axum::response::Response;

use super::request::original_path;
use super::{Served, reply};
use crate::column::Value;
use crate::error::Report;

pub(super) async fn handle(
    served: &Served,
    request: Request,
    key: Value,
) -> Result<Response, Report> {
    let (parts, body) = request.into_parts();
    let input = served.input(&parts.headers, body).await?;
    let fields = served.endpoint.descriptor().fields.patch;
    let cx = served.context_of(&parts, &key);
    let outcome = served.endpoint.patch(&cx, key, input, fields).await?;
    Ok(reply::of_write(outcome, original_path(&parts), false))
}
