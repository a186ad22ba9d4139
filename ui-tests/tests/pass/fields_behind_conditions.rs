use topchef_runtime::{Database, ModelResource, ResourceEnum};

#[derive(ResourceEnum)]
enum Genre {
    Novel,
    #[cfg(any())]
    Never,
    #[cfg_attr(all(), resource(rename = "verse"))]
    Poetry,
}

#[derive(ModelResource)]
#[cfg_attr(all(), resource(table = "library"))]
#[cfg_attr(any(), resource(no_such_key))]
struct Book {
    id: i64,
    #[cfg_attr(all(), resource(max_length = 9))]
    title: String,
    #[cfg(all())]
    genre: Genre,
    #[cfg(any())]
    never: NoSuchType,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let descriptor = Book::descriptor();
    assert_eq!((descriptor.table, descriptor.columns.len()), ("library", 3));
    assert_eq!(descriptor.columns[1].max_length, Some(9));
    let database = Database::temporary().await?;
    database.create_tables::<Book>().await?;
    let mut tx = database.transaction().await?;
    let book = Book {
        id: 0,
        title: "Dune".to_owned(),
        genre: Genre::Poetry,
    };
    let book = tx.insert(&book).await?;
    tx.commit().await?;
    assert_eq!((book.id, book.title.as_str()), (1, "Dune"));
    assert_eq!(
        (book.genre.as_str(), Genre::Novel.as_str()),
        ("verse", "Novel")
    );
    Ok(())
}
