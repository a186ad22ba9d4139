//! `PUT` of one record: a full replacement, 200; 201 when it created; 400 when the body has another key than the path.

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
    let fields = served.endpoint.descriptor().fields.put;
    let cx = served.context_of(&parts, &key);
    let outcome = served.endpoint.put(&cx, key, input, fields).await?;
    Ok(reply::of_write(outcome, original_path(&parts), false))
}
