//! axum and sqlx over `SQLite`: a pool of connections that read, and one connection that writes.
//!
//! Writers take turns at the one connection, so that none of them finds the database locked by another.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Executor as _};
use tokio::sync::Mutex;

use crate::Failure;
use crate::book::{self, BookPatch, NewBook};
use crate::error::Error;
use crate::list::BookQuery;
use crate::settings::Settings;
use crate::statements;

type Book = book::Book<String>;

#[derive(Clone)]
struct Books {
    readers: SqlitePool,
    writer: Arc<Mutex<SqliteConnection>>,
}

pub(crate) async fn router(settings: &Settings) -> Result<Router, Failure> {
    let options = SqliteConnectOptions::new()
        .filename(&settings.database)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .statement_cache_capacity(128)
        .pragma("mmap_size", "268435456")
        .pragma("temp_store", "memory")
        .disable_statement_logging();
    let mut writer = options.connect().await?;
    prepare(&mut writer, settings.rows).await?;
    let connections = settings.pool.unwrap_or(4);
    let readers = SqlitePoolOptions::new()
        .min_connections(connections)
        .max_connections(connections)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(options.pragma("query_only", "on"))
        .await?;
    let books = Books {
        readers,
        writer: Arc::new(Mutex::new(writer)),
    };
    Ok(Router::new()
        .route("/books", get(list_books).post(post_book))
        .route(
            "/books/{id}",
            get(get_book).patch(patch_book).delete(delete_book),
        )
        .with_state(books))
}

/// Makes the table where there is none, and fills it where it is empty.
async fn prepare(connection: &mut SqliteConnection, rows: i64) -> Result<(), Failure> {
    connection.execute(book::SQLITE_TABLE).await?;
    let filled: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM books)")
        .fetch_one(&mut *connection)
        .await?;
    if !filled && rows > 0 {
        sqlx::query(book::SQLITE_FILL)
            .bind(rows)
            .bind(book::now())
            .execute(connection)
            .await?;
    }
    Ok(())
}

async fn get_book(State(books): State<Books>, Path(id): Path<i64>) -> Result<Json<Book>, Error> {
    let book = sqlx::query_as("SELECT * FROM books WHERE id = ?")
        .bind(id)
        .fetch_one(&books.readers)
        .await?;
    Ok(Json(book))
}

async fn list_books(
    State(books): State<Books>,
    Query(query): Query<BookQuery>,
) -> Result<Json<Vec<Book>>, Error> {
    let found = statements::list(query)?
        .build_query_as()
        .fetch_all(&books.readers)
        .await?;
    Ok(Json(found))
}

async fn post_book(
    State(books): State<Books>,
    Json(book): Json<NewBook>,
) -> Result<Response, Error> {
    book.check()?;
    let statement = sqlx::query_as(
        "INSERT INTO books (title, subtitle, pub_year, pages, price, available, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING *",
    )
    .bind(book.title)
    .bind(book.subtitle)
    .bind(book.pub_year)
    .bind(book.pages)
    .bind(book.price)
    .bind(book.available)
    .bind(book::now());
    let mut writer = books.writer.lock().await;
    let book: Book = statement.fetch_one(&mut *writer).await?;
    drop(writer);
    Ok(book.created())
}

async fn patch_book(
    State(books): State<Books>,
    Path(id): Path<i64>,
    Json(patch): Json<BookPatch>,
) -> Result<Json<Book>, Error> {
    patch.check()?;
    if patch.is_empty() {
        return get_book(State(books), Path(id)).await;
    }
    let mut statement = statements::change(id, patch);
    let statement = statement.build_query_as();
    let mut writer = books.writer.lock().await;
    Ok(Json(statement.fetch_one(&mut *writer).await?))
}

async fn delete_book(State(books): State<Books>, Path(id): Path<i64>) -> Result<StatusCode, Error> {
    let statement = sqlx::query("DELETE FROM books WHERE id = ?").bind(id);
    let mut writer = books.writer.lock().await;
    let deleted = statement.execute(&mut *writer).await?;
    drop(writer);
    if deleted.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    Ok(StatusCode::NO_CONTENT)
}
