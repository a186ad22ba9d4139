//! axum alone: a constant answer of the size of one book, which no server over axum can be faster than.

use axum::Router;
use axum::http::header;
use axum::routing::get;

const BOOK: &str = r#"{"id":4321,"title":"Title 4321","subtitle":"Subtitle 4321","pub_year":1971,"pages":821,"price":43.21,"available":false,"created_at":"2026-01-02T03:04:05.678901Z"}"#;

pub(crate) fn router() -> Router {
    let answer = || async { ([(header::CONTENT_TYPE, "application/json")], BOOK) };
    Router::new().route("/books/{id}", get(answer))
}
