//! Authors and their books: every method, relations both ways, filters, pages, and the documentation of all that.
//!
//! ```text
//! cargo run -p topchef-runtime --example simple
//! curl localhost:3000/authors --json '{"first_name": "Ursula", "last_name": "Le Guin"}'
//! curl localhost:3000/books --json '{"title": "The Dispossessed", "pub_year": 1974, "author_id": 1}'
//! curl localhost:3000/authors/1
//! curl -g 'localhost:3000/books?pub_year[ge]=1970&sort=title&count=exact'
//! curl localhost:3000/openapi.json
//! ```

use topchef_runtime::database::DatabaseError;
use topchef_runtime::http::Public;
use topchef_runtime::{Api, Database, ModelResource};

/// Who writes books.
#[derive(ModelResource)]
#[resource(
    relations(books(has_many = Book, by = author_id)),
    serial_fields(
        get = [id, first_name, last_name, full_name(), books],
        list = [id, full_name()],
    ),
    serial_field_relations(books = [id, title, pub_year]),
    collection(order_by = [last_name, first_name]),
)]
pub struct Author {
    id: i64,
    #[resource(max_length = 50)]
    first_name: String,
    #[resource(max_length = 50, index)]
    last_name: String,
}

impl Author {
    fn full_name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }
}

/// A book, which has one author.
#[derive(ModelResource)]
#[resource(
    relations(author(belongs_to = Author, by = author_id)),
    serial_fields = [id, isbn, title, pub_year, author_id, author],
    serial_field_relations(author = [id, full_name()]),
    collection(search = [title], page_size = 20, max_page_size = 100),
)]
pub struct Book {
    id: i64,
    /// The number that the book trade knows it by.
    #[resource(max_length = 20, unique)]
    isbn: Option<String>,
    #[resource(max_length = 100, index)]
    title: String,
    #[resource(minimum = 1450, index)]
    pub_year: i32,
    #[resource(references = Author)]
    author_id: i64,
}

/// The tables, where there are none yet.
pub async fn tables(database: &Database) -> Result<(), DatabaseError> {
    database.create_tables::<(Author, Book)>().await
}

/// What is served.
pub fn api(database: Database) -> Api<Public> {
    Api::new(database)
        .title("Authors and books")
        .resource::<Author>()
        .resource::<Book>()
        .public()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args().nth(1);
    let address = address.unwrap_or("127.0.0.1:3000".into());
    let database = Database::sqlite("simple.db").open().await?;
    tables(&database).await?;
    api(database).serve(&address).await?;
    Ok(())
}
