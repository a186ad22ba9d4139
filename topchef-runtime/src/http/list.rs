//! `GET` of a collection: 200 with a page of records, and links to the pages beside it.

use axum::response::Response;
use http::StatusCode;
use http::request::Parts;
use serde_json::Value;

use super::request::{original_path, query_string};
use super::{Served, reply};
use crate::descriptor::Method;
use crate::error::Report;
use crate::query::{self, Paging};
use crate::schema;
use crate::transaction::Context;

pub(super) async fn handle(served: &Served, cx: &Context) -> Result<Response, Report> {
    let endpoint = served.endpoint;
    let raw = query_string(cx.uri());
    let query = if served.common.explains {
        query::parse_explaining(endpoint.descriptor(), raw)?
    } else {
        query::parse(endpoint.descriptor(), raw)?
    };
    let own = self_link(cx.parts());
    let mut links = vec![("self", own.as_str())];
    let envelope = endpoint.descriptor().envelope;
    if query.explain {
        let explained = Box::pin(endpoint.explain_list(cx, query)).await?;
        return Ok(reply::enveloped(
            envelope,
            StatusCode::OK,
            &explained,
            &links,
            b"{}",
        ));
    }
    let schema = query
        .meta
        .schema
        .then(|| schema::json::record(endpoint.descriptor(), Method::List));
    let paging = Paging::of(endpoint.descriptor(), &query);
    let page = endpoint.list(cx, query).await?;
    let path = original_path(cx.parts());
    let beside = paging.links(path, raw, page.count, page.more, page.ends.as_ref());
    links.extend(beside.next.as_deref().map(|link| ("next", link)));
    links.extend(beside.prev.as_deref().map(|link| ("prev", link)));
    let meta = meta(page.total, schema);
    Ok(reply::enveloped(
        envelope,
        StatusCode::OK,
        &page.data,
        &links,
        meta.as_bytes(),
    ))
}

/// What is told besides the records.
fn meta(total: Option<u64>, schema: Option<Value>) -> String {
    let total = total.map(|total| ("total".to_owned(), total.into()));
    let schema = schema.map(|schema| ("schema".to_owned(), schema));
    Value::Object(total.into_iter().chain(schema).collect()).to_string()
}

fn self_link(parts: &Parts) -> String {
    match parts.uri.query() {
        Some(query) => format!("{}?{query}", original_path(parts)),
        None => original_path(parts).to_owned(),
    }
}
