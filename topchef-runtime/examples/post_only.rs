//! A command: a resource that has one `POST` and nothing else, and whose answer is a message of its own.
//!
//! ```text
//! cargo run -p topchef-runtime --example post_only
//! curl -i localhost:3000/a-model-command --json '{"description": "Count to three", "num_variable": 3}'
//! curl -i localhost:3000/a-model-command
//! ```

use http::StatusCode;
use serde_json::json;
use topchef_runtime::database::DatabaseError;
use topchef_runtime::http::Public;
use topchef_runtime::{
    Api, ApiError, Committed, Context, Database, ModelResource, Next, Reply, Report, Transaction,
};

/// A command that is kept, and answered with a message.
#[derive(ModelResource)]
#[resource(
    url_name = "a-model-command",
    methods(post),
    after_commit(post = divert),
    doc(post = "Takes a command, and answers 419 with a message in place of the record."),
)]
pub struct AModel {
    id: i64,
    /// What is to be done.
    #[resource(max_length = 80, unique)]
    description: String,
    /// How often.
    num_variable: i32,
}

/// The command is stored already: the answer alone is another one.
async fn divert(
    _cx: &Context,
    _tx: &mut Transaction,
    command: &Committed<AModel>,
) -> Result<Next, Report> {
    // A status that nobody has registered; any from 100 to 999 may be answered with.
    let status = StatusCode::from_u16(419).map_err(ApiError::internal)?;
    let message = format!("`{}` was taken, and diverted", command.description);
    Ok(Next::Instead(Reply::json(
        status,
        &json!({"message": message}),
    )?))
}

/// The table, where there is none yet.
pub async fn tables(database: &Database) -> Result<(), DatabaseError> {
    database.create_tables::<AModel>().await
}

/// What is served.
pub fn api(database: Database) -> Api<Public> {
    Api::new(database).resource::<AModel>().public()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args().nth(1);
    let address = address.unwrap_or("127.0.0.1:3000".into());
    let database = Database::sqlite("post_only.db").open().await?;
    tables(&database).await?;
    api(database).serve(&address).await?;
    Ok(())
}
