//! `GET` of a collection: 200 with a page of records, and links to the pages beside it.

use axum::extract::Request;
use axum::response::Response;
use http::StatusCode;
use http::request::Parts;

use super::request::{original_path, query_string};
use super::{Served, reply};
use crate::error::Report;
use crate::query::{self, PageSize};

pub(super) async fn handle(served: &Served, request: Request) -> Result<Response, Report> {
    let (parts, _) = request.into_parts();
    let query = query::parse(
        served.endpoint.descriptor(),
        PageSize::default(),
        query_string(&parts.uri),
    )?;
    let (limit, offset) = (query.limit, query.offset);
    let page = served.endpoint.list(&served.context(&parts), query).await?;
    let own = self_link(&parts);
    let path = original_path(&parts);
    let link = |limit, offset| query::page_link(path, query_string(&parts.uri), limit, offset);
    // A page of nothing leads nowhere, and the first page back ends where this one begins.
    let next =
        (page.more && page.count > 0).then(|| link(limit, offset.saturating_add(page.count)));
    let previous =
        (offset > 0 && limit > 0).then(|| link(limit.min(offset), offset.saturating_sub(limit)));
    let mut links = vec![("self", own.as_str())];
    links.extend(next.as_deref().map(|link| ("next", link)));
    links.extend(previous.as_deref().map(|link| ("prev", link)));
    Ok(reply::json_response(
        StatusCode::OK,
        reply::envelope(&page.data, &links, b"{}"),
    ))
}

fn self_link(parts: &Parts) -> String {
    match parts.uri.query() {
        Some(query) => format!("{}?{query}", original_path(parts)),
        None => original_path(parts).to_owned(),
    }
}
