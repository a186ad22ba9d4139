//! Who uses a deprecated field is warned; the derive, which has to, is not.

#![deny(warnings)]

use topchef_runtime::{Database, ModelResource, ResourceEnum};

#[derive(ResourceEnum)]
enum Genre {
    Novel,
    #[deprecated]
    Poetry,
}

#[derive(ModelResource)]
#[resource(
    serial_fields = [id, title, genre, shelf, label()],
    relations(upper(belongs_to = Self, by = shelf)),
    serial_field_relations(upper = [title, shelf]),
    collection(filter = [title], search = [title]),
)]
struct Book {
    id: i64,
    #[deprecated]
    #[resource(default = "untitled", max_length = 9)]
    title: String,
    #[resource(default = Genre::Novel)]
    genre: Genre,
    #[deprecated(note = "books stand in rooms now")]
    #[resource(references = Self)]
    shelf: Option<i64>,
    #[deprecated]
    #[resource(skip)]
    cache: u8,
}

impl Book {
    #[deprecated]
    fn label(&self) -> String {
        format!("number {}", self.id)
    }
}

#[expect(deprecated)]
async fn stored(database: &Database) -> Result<Book, Box<dyn std::error::Error>> {
    let mut tx = database.transaction().await?;
    let book = Book {
        id: 0,
        title: "Dune".to_owned(),
        genre: Genre::Poetry,
        shelf: None,
        cache: 1,
    };
    let book = tx.insert(&book).await?;
    tx.commit().await?;
    assert_eq!((book.title.as_str(), book.cache), ("Dune", 0));
    Ok(book)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let database = Database::temporary().await?;
    database.create_tables::<Book>().await?;
    let book = stored(&database).await?;
    assert_eq!((book.id, book.genre.as_str()), (1, "Poetry"));
    Ok(())
}
