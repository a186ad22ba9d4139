//! The smallest resource: a struct, the derive, and `main`.
//!
//! ```text
//! cargo run -p topchef-runtime --example smallest
//! curl -X POST localhost:3000/authors -H 'Content-Type: application/json' \
//!      -d '{"first_name": "Ursula", "last_name": "Le Guin"}'
//! curl 'localhost:3000/authors?sort=-id&fields=last_name'
//! ```

use topchef_runtime::{Api, Database, ModelResource};
use uuid::Uuid;

#[derive(ModelResource)]
struct Author {
    id: Uuid,
    first_name: String,
    last_name: String,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args().nth(1);
    let address = address.unwrap_or("127.0.0.1:3000".into());
    let database = Database::sqlite("authors.db").open().await?;
    database.create_tables::<Author>().await?;
    Api::new(database)
        .resource::<Author>()
        .public()
        .serve(&address)
        .await?;
    Ok(())
}
