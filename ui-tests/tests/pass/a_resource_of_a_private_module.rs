use topchef_runtime::{Database, ModelResource};

mod library {
    mod books {
        use topchef_runtime::ModelResource;

        #[derive(Debug, ModelResource)]
        pub struct Author {
            pub id: i64,
            pub(super) name: String,
        }

        impl Author {
            pub fn new(name: &str) -> Self {
                Self {
                    id: 0,
                    name: name.to_owned(),
                }
            }
        }
    }

    pub use books::Author;

    pub fn name(author: &Author) -> &str {
        &author.name
    }
}

#[derive(ModelResource)]
#[resource(
    relations(author(belongs_to = library::Author, by = author_id)),
    serial_fields(get = [id, author]),
    serial_field_relations(author = [id, name]),
)]
struct Book {
    id: i64,
    #[resource(references = library::Author)]
    author_id: i64,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let database = Database::temporary().await?;
    database.create_tables::<(library::Author, Book)>().await?;
    let mut tx = database.transaction().await?;
    let author = tx.insert(&library::Author::new("Frank")).await?;
    let author_id = author.id;
    let book = tx.insert(&Book { id: 0, author_id }).await?;
    tx.commit().await?;
    assert_eq!((book.author_id, library::name(&author)), (1, "Frank"));
    let found = database
        .select::<library::Author>()
        .filter(library::Author::NAME.eq("Frank"))
        .all()
        .await?;
    assert_eq!(found.len(), 1, "{found:?}");
    Ok(())
}
