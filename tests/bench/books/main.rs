//! The server that is compared with others: one derived resource, over either database.
//! `README.md` in the folder above says what all of them serve and which variables of the environment they read.

mod book;
mod filled;

use book::Book;
use topchef_runtime::{Api, Database};

type Failure = Box<dyn std::error::Error + Send + Sync>;

// The standard one of most systems gets slower with every thread.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let address = told("BOOKS_ADDRESS").unwrap_or("127.0.0.1:3000".to_owned());
    let place = told("BOOKS_DATABASE").unwrap_or("books.db".to_owned());
    let pool: Option<u32> = told("BOOKS_POOL").map(|pool| pool.parse()).transpose()?;
    let rows = told("BOOKS_ROWS").unwrap_or("10000".to_owned()).parse()?;
    let database = if place.contains("://") {
        let options = Database::postgres(&place);
        let options = match pool {
            Some(pool) => options.connections(pool),
            None => options,
        };
        let database = options.open().await?;
        database.create_tables::<Book>().await?;
        filled::postgres(&place, rows).await?;
        database
    } else {
        let options = Database::sqlite(&place);
        let options = match pool {
            Some(pool) => options.readers(usize::try_from(pool)?),
            None => options,
        };
        let database = options.open().await?;
        database.create_tables::<Book>().await?;
        filled::sqlite(&place, rows)?;
        database
    };
    Api::new(database)
        .resource::<Book>()
        .public()
        .serve(&address)
        .await?;
    Ok(())
}

/// What the environment says.
fn told(name: &str) -> Option<String> {
    std::env::var_os(name)?.into_string().ok()
}
