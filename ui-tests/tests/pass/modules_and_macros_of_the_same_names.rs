//! Modules named as crates, and macros named as those of the standard library, that are not these.

use ::topchef_runtime::{Database, ModelResource, ResourceEnum};

#[allow(dead_code)]
mod core {
    pub const MINE: bool = true;
}

#[allow(dead_code)]
mod std {
    pub const MINE: bool = true;
}

#[allow(dead_code)]
mod topchef_runtime {
    pub const MINE: bool = true;
}

#[allow(dead_code)]
mod serde_json {}

#[allow(unused_macros)]
macro_rules! vec {
    ($($any:tt)*) => {
        compile_error!("this is not the user's")
    };
}

#[allow(unused_macros)]
macro_rules! matches {
    ($($any:tt)*) => {
        compile_error!("this is not the user's")
    };
}

#[allow(unused_macros)]
macro_rules! unreachable {
    ($($any:tt)*) => {
        compile_error!("this is not the user's")
    };
}

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
    collection(search = [title]),
)]
struct Book {
    id: i64,
    #[resource(default = "untitled", pattern = "^.")]
    title: String,
    #[resource(default = Genre::Novel)]
    genre: Genre,
    #[resource(json, default)]
    tags: Vec<String>,
    #[resource(references = Self)]
    sequel_id: Option<i64>,
}

impl Book {
    fn length(&self) -> usize {
        self.title.len()
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn ::std::error::Error>> {
    assert!(core::MINE && std::MINE && topchef_runtime::MINE);
    let database = Database::temporary().await?;
    database.create_tables::<Book>().await?;
    let mut tx = database.transaction().await?;
    let book = Book {
        id: 0,
        title: "Dune".to_owned(),
        genre: Genre::Poetry,
        tags: Vec::new(),
        sequel_id: None,
    };
    let book = tx.insert(&book).await?;
    tx.commit().await?;
    assert_eq!((book.length(), book.tags.len()), (4, 0));
    assert_eq!((book.sequel_id, book.genre.as_str()), (None, "Poetry"));
    Ok(())
}
