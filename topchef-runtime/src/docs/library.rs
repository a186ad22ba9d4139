// The library of five books that the examples of queries ask, with the client that asks.
//
// It knows no query. The examples include it in hidden lines; a file that is included has no `//!`.

include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/client.rs"));

use serde_json::json;
use topchef_runtime::{Api, Database, ModelResource};

#[derive(ModelResource)]
#[resource(relations(books(has_many = Book, by = author_id)))]
struct Author {
    id: i64,
    name: String,
}

#[derive(ModelResource)]
#[resource(
    relations(author(belongs_to = Author, by = author_id)),
    collection(filter = [title, pub_year, sold, stock, isbn], search = [title])
)]
struct Book {
    id: i64,
    title: String,
    pub_year: i32,
    sold: i32,
    stock: i32,
    isbn: Option<String>,
    price: f64,
    #[resource(references = Author)]
    author_id: i64,
}

async fn library() -> Result<Client, Box<dyn std::error::Error>> {
    let database = Database::temporary().await?;
    database.create_tables::<(Author, Book)>().await?;
    let api = Api::new(database).resource::<Author>().resource::<Book>();
    let api = Client::new(api.public().allow_explain().into_router());
    let names = [
        "Frank Herbert",
        "Stanisław Lem",
        "Philip K. Dick",
        "Ursula K. Le Guin",
    ];
    let authors = names.map(|name| json!({"name": name}));
    api.post("/authors", json!(authors)).await;
    let books = [
        ("Solaris", 1961, 7, 3, None, 2),
        ("Dune", 1965, 5, 9, Some("9780441013593"), 1),
        ("Ubik", 1969, 1, 1, None, 3),
        ("The Left Hand of Darkness", 1969, 8, 2, None, 4),
        ("Dune Messiah", 1969, 4, 4, Some("9780593201732"), 1),
    ];
    let books = books.map(|(title, pub_year, sold, stock, isbn, author_id)| {
        json!({"title": title, "pub_year": pub_year, "sold": sold, "stock": stock, "isbn": isbn,
            "price": 9.5, "author_id": author_id})
    });
    assert_eq!(api.post("/books", json!(books)).await.status, 201);
    Ok(api)
}
