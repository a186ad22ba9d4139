//! Keys may stand in several attributes, among those of others.

use serde::{Deserialize, Serialize};
use topchef_runtime::{Database, ModelResource, ResourceEnum};

/// A genre.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ResourceEnum)]
#[serde(rename_all = "lowercase")]
#[resource(rename_all = "lowercase")]
enum Genre {
    /// Prose.
    Novel,
    #[serde(alias = "verse")]
    #[resource(rename = "poem")]
    Poetry,
}

/// A book.
#[derive(Clone, Debug, Serialize, ModelResource)]
#[serde(rename_all = "camelCase")]
#[resource(table = "library")]
#[doc = "It stands on a shelf."]
#[resource(methods(get, list), url_name = "works")]
#[resource()]
struct Book {
    id: i64,
    #[resource(max_length = 9)]
    #[serde(skip_serializing)]
    #[resource(unique)]
    title: String,
    #[resource(default = Genre::Novel)]
    genre: Genre,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let descriptor = Book::descriptor();
    assert_eq!((descriptor.table, descriptor.path), ("library", "/works"));
    assert_eq!(descriptor.doc, "A book.\nIt stands on a shelf.");
    assert!(descriptor.columns[1].unique && descriptor.columns[1].max_length == Some(9));
    assert_eq!(
        (Genre::Novel.as_str(), Genre::Poetry.as_str()),
        ("novel", "poem")
    );
    let database = Database::temporary().await?;
    database.create_tables::<Book>().await?;
    let mut tx = database.transaction().await?;
    let book = Book {
        id: 0,
        title: "Dune".to_owned(),
        genre: Genre::Poetry,
    };
    let stored = tx.insert(&book).await?;
    tx.commit().await?;
    assert_eq!((&stored.title, &stored.genre), (&book.title, &book.genre));
    assert_eq!(
        serde_json::to_string(&stored)?,
        r#"{"id":1,"genre":"poetry"}"#
    );
    Ok(())
}
