//! The API of the comparison, made by crudcrate, with the settings that a careful user gives it.

mod book;
mod table;

use std::env::var;

use axum::Router;
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, Database, DatabaseConnection};

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let address = var("BOOKS_ADDRESS")?;
    let place = var("BOOKS_DATABASE")?;
    let rows = var("BOOKS_ROWS")?.parse()?;
    let pool = var("BOOKS_POOL").ok().map(|pool| pool.parse());
    let database = connect(&place, pool.transpose()?).await?;
    table::make(&database, rows).await?;
    let books: Router = book::Book::router(&database).into();
    let router: Router = Router::new().nest("/books", books);
    let listener = tokio::net::TcpListener::bind(address).await?;
    let mut told = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        served = axum::serve(listener, router) => served?,
        _ = told.recv() => {}
    }
    Ok(())
}

async fn connect(place: &str, pool: Option<u32>) -> Result<DatabaseConnection, Failure> {
    let is_file = !place.contains("://");
    let url = if is_file {
        format!("sqlite://{place}?mode=rwc")
    } else {
        place.to_owned()
    };
    let pool = pool.unwrap_or(if is_file { 4 } else { 10 });
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(pool)
        .min_connections(pool)
        .sqlx_logging(false)
        // One round trip less for each request.
        .test_before_acquire(false)
        .map_sqlx_sqlite_opts(|options| {
            options
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(std::time::Duration::from_secs(30))
        });
    Ok(Database::connect(options).await?)
}
