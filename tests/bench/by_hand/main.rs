//! The books API as it is written by hand, for the comparison: one server for each way of doing it, picked by the first
//! argument. `README.md` in the folder above says what each of them is.

mod book;
mod constant;
mod error;
mod list;
mod settings;
mod sqlx_postgres;
mod sqlx_sqlite;
mod statements;
mod threads;

use axum::Router;
use settings::Settings;

/// What all servers of the comparison that are written in Rust use.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let settings = Settings::read()?;
    let router = match std::env::args().nth(1).as_deref() {
        Some("sqlx-sqlite") => sqlx_sqlite::router(&settings).await?,
        Some("sqlx-postgres") => sqlx_postgres::router(&settings).await?,
        Some("rusqlite") => threads::router(&settings)?,
        Some("constant") => constant::router(),
        _ => return Err("which? sqlx-sqlite, sqlx-postgres, rusqlite or constant".into()),
    };
    serve(&settings, router).await
}

/// Serves until the process is told to end.
async fn serve(settings: &Settings, router: Router) -> Result<(), Failure> {
    use axum::serve::ListenerExt as _;

    let listener = tokio::net::TcpListener::bind(&settings.address).await?;
    // An answer is one small write, which must not wait for the client's acknowledgement of the one before.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::warn!(%error, "a connection keeps its delay");
        }
    });
    axum::serve(listener, router).await?;
    Ok(())
}
