//! Serves the experiments of the tests over a database that has their tables: `experiments DATABASE`, a file or a
//! `postgres://…` address. It says where it listens, and is there to be killed.

use std::time::Duration;
use topchef_runtime::{Api, Database};
use topchef_tests::experiments::world;

/// A hook whose program was killed is tried again after this.
const TRANSACTION: Duration = Duration::from_secs(2);

/// How long a request waits for a database that has gone.
const CONNECTION: Duration = Duration::from_millis(300);

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The hooks that fail on purpose say so too.
    tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(tracing::Level::WARN)
        .with_writer(std::io::stderr)
        .init();
    let database = std::env::args().nth(1).ok_or("no database was named")?;
    let database = if database.starts_with("postgres://") {
        let options = Database::postgres(database).transaction_timeout(TRANSACTION);
        options.acquire_timeout(CONNECTION).open().await?
    } else {
        let options = Database::sqlite(database).transaction_timeout(TRANSACTION);
        options.open().await?
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let router = world(Api::new(database)).public().into_router();
    #[expect(clippy::print_stdout, reason = "who started it waits for this line")]
    {
        println!("listening on http://{address}");
    }
    axum::serve(listener, router).await?;
    Ok(())
}
