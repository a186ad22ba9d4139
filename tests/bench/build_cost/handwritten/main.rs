//! The same API, written by hand in axum and sqlx.

mod book;
mod error;

use axum::Router;
use serde::{Deserialize, Deserializer, Serialize};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

/// One record, as it goes out.
#[derive(Serialize)]
pub struct One<T> {
    pub data: T,
}

/// Many records, as they go out.
#[derive(Serialize)]
pub struct Many<T> {
    pub data: Vec<T>,
}

/// A field that may be left out, or be null.
pub fn present<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Some)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let options = SqliteConnectOptions::new()
        .filename("books.db")
        .create_if_missing(true);
    let pool = SqlitePool::connect_with(options).await?;
    sqlx::raw_sql(book::TABLE).execute(&pool).await?;
    let router = Router::new()
        .merge(book::routes())
        .with_state(pool);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    axum::serve(listener, router).await?;
    Ok(())
}
