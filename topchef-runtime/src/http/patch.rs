//! `PATCH` of one record: a merge patch (RFC 7396), absent is not null; 200; 404.

use axum::extract::Request;
use axum::response::Response;

use super::request::{original_path, query_string};
use super::{Served, reply};
use crate::column::Value;
use crate::descriptor::Method;
use crate::error::Report;
use crate::query;

pub(super) async fn handle(
    served: &Served,
    request: Request,
    key: Value,
) -> Result<Response, Report> {
    let (parts, body) = request.into_parts();
    let descriptor = served.endpoint.descriptor();
    let fields = query::parse_fields(descriptor, Method::Patch, query_string(&parts.uri))?;
    let input = served.input(&parts.headers, body).await?;
    let cx = served.context_of(&parts, &key);
    let outcome = served.endpoint.patch(&cx, key, input, &fields).await?;
    Ok(reply::of_write(outcome, original_path(&parts), false))
}
