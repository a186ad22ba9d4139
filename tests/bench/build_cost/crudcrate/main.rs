//! The same API, made by crudcrate of Sea-ORM entities.

mod book;

use axum::Router;
use sea_orm::{ConnectionTrait, Database, Schema};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let database = Database::connect("sqlite://books.db?mode=rwc").await?;
    let schema = Schema::new(database.get_database_backend());
    database.execute(schema.create_table_from_entity(book::Entity).if_not_exists()).await?;
    let router: Router = Router::new()
        .nest("/books", book::Book::router(&database).into())
        .with_state(());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    axum::serve(listener, router).await?;
    Ok(())
}
