//! axum and rusqlite: threads that read, and one that commits many writes at once.

mod ask;
mod reader;
mod row;
mod writer;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rusqlite::{Connection, OpenFlags};
use serde::de::DeserializeOwned;

use crate::Failure;
use crate::book::{self, BookPatch, NewBook};
use crate::error::Error;
use crate::list::BookQuery;
use crate::settings::Settings;
use ask::{Read, Threads, Write};

pub(crate) fn router(settings: &Settings) -> Result<Router, Failure> {
    let connection = connect(settings)?;
    prepare(&connection, settings.rows)?;
    let (to_writer, writes) = crossbeam_channel::unbounded();
    std::thread::spawn(move || writer::run(&connection, &writes));
    let (to_readers, reads) = crossbeam_channel::unbounded();
    for _ in 0..settings.pool.unwrap_or(4) {
        let (connection, reads) = (connect(settings)?, reads.clone());
        connection.pragma_update(None, "query_only", true)?;
        std::thread::spawn(move || reader::run(&connection, &reads));
    }
    let threads = Threads {
        readers: to_readers,
        writer: to_writer,
    };
    Ok(Router::new()
        .route("/books", get(list_books).post(post_book))
        .route(
            "/books/{id}",
            get(get_book).patch(patch_book).delete(delete_book),
        )
        .with_state(threads))
}

fn connect(settings: &Settings) -> Result<Connection, Failure> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(&settings.database, flags)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA mmap_size = 268435456;
         PRAGMA temp_store = MEMORY;
         PRAGMA busy_timeout = 5000;",
    )?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(connection)
}

/// Makes the table where there is none, and fills it where it is empty.
fn prepare(connection: &Connection, rows: i64) -> Result<(), Failure> {
    connection.execute_batch(book::SQLITE_TABLE)?;
    let filled = "SELECT EXISTS (SELECT 1 FROM books)";
    let filled: bool = connection.query_row(filled, [], |row| row.get(0))?;
    if !filled && rows > 0 {
        connection.execute(book::SQLITE_FILL, (rows, book::now()))?;
    }
    Ok(())
}

async fn get_book(State(threads): State<Threads>, Path(id): Path<i64>) -> Result<Response, Error> {
    let book = ask::ask(&threads.readers, |answer| Read::Get { id, answer }).await?;
    Ok(json(StatusCode::OK, book))
}

async fn list_books(
    State(threads): State<Threads>,
    Query(query): Query<BookQuery>,
) -> Result<Response, Error> {
    let books = ask::ask(&threads.readers, |answer| Read::List { query, answer }).await?;
    Ok(json(StatusCode::OK, books))
}

async fn post_book(State(threads): State<Threads>, body: Bytes) -> Result<Response, Error> {
    let book: NewBook = parse(&body)?;
    book.check()?;
    let book = ask::ask(&threads.writer, |answer| Write::Post { book, answer }).await?;
    Ok(json(StatusCode::CREATED, book))
}

async fn patch_book(
    State(threads): State<Threads>,
    Path(id): Path<i64>,
    body: Bytes,
) -> Result<Response, Error> {
    let patch: BookPatch = parse(&body)?;
    patch.check()?;
    if patch.is_empty() {
        return get_book(State(threads), Path(id)).await;
    }
    let book = ask::ask(&threads.writer, |answer| Write::Patch { id, patch, answer }).await?;
    Ok(json(StatusCode::OK, book))
}

async fn delete_book(
    State(threads): State<Threads>,
    Path(id): Path<i64>,
) -> Result<StatusCode, Error> {
    ask::ask(&threads.writer, |answer| Write::Delete { id, answer }).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(body).map_err(|error| Error::Wrong(vec![error.to_string()]))
}

fn json(status: StatusCode, body: Vec<u8>) -> Response {
    let header = [(header::CONTENT_TYPE, "application/json")];
    (status, header, body).into_response()
}
