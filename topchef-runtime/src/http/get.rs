//! `GET` of one record: 200 with the record, 404.

use axum::extract::Request;
use axum::response::Response;
use http::StatusCode;

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
    let (parts, _) = request.into_parts();
    let descriptor = served.endpoint.descriptor();
    let fields = query::parse_fields(descriptor, Method::Get, query_string(&parts.uri))?;
    let cx = served.context_of(&parts, &key);
    let record = served.endpoint.get(&cx, key, &fields).await?;
    let body = reply::envelope(&record, &[("self", original_path(&parts))], b"{}");
    Ok(reply::json_response(StatusCode::OK, body))
}
