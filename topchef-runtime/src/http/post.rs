//! `POST` to a collection: 201 with the new record and its `Location`; 400 with everything that is wrong; 409 on a conflict.

use axum::extract::Request;
use axum::response::Response;

use super::request::original_path;
use super::{Served, reply};
use crate::error::Report;

pub(super) async fn handle(served: &Served, request: Request) -> Result<Response, Report> {
    let (parts, body) = request.into_parts();
    let input = served.input(&parts.headers, body).await?;
    let fields = served.endpoint.descriptor().fields.post;
    let outcome = served
        .endpoint
        .post(&served.context(&parts), input, fields)
        .await?;
    Ok(reply::of_write(outcome, original_path(&parts), true))
}
