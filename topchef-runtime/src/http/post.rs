//! `POST` to a collection: 201 with the new record and its `Location`; 400 with everything that is wrong; 409 on a conflict.

use axum::extract::Request;
use axum::response::Response;

use super::request::{original_path, query_string};
use super::{Served, reply};
use crate::descriptor::Method;
use crate::error::Report;
use crate::query;

pub(super) async fn handle(served: &Served, request: Request) -> Result<Response, Report> {
    let (parts, body) = request.into_parts();
    let descriptor = served.endpoint.descriptor();
    let fields = query::parse_fields(descriptor, Method::Post, query_string(&parts.uri))?;
    let input = served.input(&parts.headers, body).await?;
    let outcome = served
        .endpoint
        .post(&served.context(&parts), input, &fields)
        .await?;
    Ok(reply::of_write(outcome, original_path(&parts), true))
}
