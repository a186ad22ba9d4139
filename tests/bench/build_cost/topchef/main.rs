//! An API of derived resources.

mod book;

use topchef_runtime::{Api, Database};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let database = Database::sqlite("books.db").open().await?;
    database.create_tables::<book::Book>().await?;
    Api::new(database)
        .resource::<book::Book>()
        .public()
        .serve("127.0.0.1:3000")
        .await?;
    Ok(())
}
