//! A trait of the user's for every type, whose methods are named as those that generated code calls.

use topchef_runtime::{Database, ModelResource, ResourceEnum};

trait Everything: Sized {
    fn of(&self) -> &'static str {
        "mine"
    }
    fn read(&self) -> &'static str {
        "mine"
    }
    fn value(&self) -> &'static str {
        "mine"
    }
    fn index(&self) -> &'static str {
        "mine"
    }
    fn codec(&self) -> &'static str {
        "mine"
    }
    fn to_value(&self) -> &'static str {
        "mine"
    }
    fn from_cell() -> &'static str {
        "mine"
    }
    fn descriptor() -> &'static str {
        "mine"
    }
    fn of_path(self) -> &'static str {
        "mine"
    }
    fn of_text() -> &'static str {
        "mine"
    }
    fn of_type() -> &'static str {
        "mine"
    }
    fn filled() -> &'static str {
        "mine"
    }
    fn write(&self) -> &'static str {
        "mine"
    }
    fn ask(&self) -> &'static str {
        "mine"
    }
    fn run(self) -> &'static str {
        "mine"
    }
    fn text(&self) -> &'static str {
        "mine"
    }
    fn endpoint() -> &'static str {
        "mine"
    }
}

impl<T> Everything for T {}

#[derive(ResourceEnum)]
enum Genre {
    Novel,
    Poetry,
}

#[derive(ModelResource)]
#[resource(
    serial_fields = [id, title, genre, length(), sequel],
    relations(sequel(belongs_to = Self, by = sequel_id)),
    serial_field_relations(sequel = [title]),
)]
struct Book {
    id: i64,
    #[resource(default = "untitled", max_length = 20)]
    title: String,
    #[resource(default = Genre::Novel)]
    genre: Genre,
    #[resource(json, default)]
    tags: Vec<String>,
    #[resource(references = Self)]
    sequel_id: Option<i64>,
    #[resource(skip)]
    cache: u8,
}

impl Book {
    fn length(&self) -> usize {
        self.title.len()
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let database = Database::temporary().await?;
    database.create_tables::<Book>().await?;
    let mut tx = database.transaction().await?;
    let book = Book {
        id: 0,
        title: "Dune".to_owned(),
        genre: Genre::Poetry,
        tags: vec!["sand".to_owned()],
        sequel_id: None,
        cache: 7,
    };
    let book = tx.insert(&book).await?;
    tx.commit().await?;
    assert_eq!((book.length(), book.genre.as_str()), (4, "Poetry"));
    assert_eq!((book.tags.len(), book.cache, book.sequel_id), (1, 0, None));
    assert_eq!((Everything::of(&3), 3.run()), ("mine", "mine"));
    Ok(())
}
