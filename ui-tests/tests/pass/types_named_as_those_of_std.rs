use topchef_runtime::{Database, ModelResource, ResourceEnum};

struct String;
struct Vec;
struct Option;
struct Result;
struct Box;
struct Value;
struct Column;
struct Row;
trait Default {}
trait From {}
trait Into {}
trait Send {}
trait Sync {}
#[allow(non_upper_case_globals)]
const Some: u8 = 0;
#[allow(non_upper_case_globals)]
const None: u8 = 0;
#[allow(non_snake_case)]
fn Ok() {}
#[allow(non_snake_case)]
fn Err() {}

#[derive(ModelResource)]
#[resource(serial_fields = [id, title, subtitle, kind, length()])]
struct Book {
    id: i64,
    #[resource(default = "untitled", max_length = 100)]
    title: std::string::String,
    #[resource(default = "none")]
    subtitle: std::option::Option<std::string::String>,
    #[resource(json, default)]
    tags: std::vec::Vec<std::string::String>,
    kind: Kind,
}

impl Book {
    fn length(&self) -> usize {
        self.title.len()
    }
}

#[derive(ResourceEnum)]
enum Kind {
    Option,
    String,
}

async fn kind_of_a_stored_book()
-> std::result::Result<std::option::Option<Kind>, std::boxed::Box<dyn std::error::Error>> {
    let database = Database::temporary().await?;
    database.create_tables::<Book>().await?;
    let mut tx = database.transaction().await?;
    let book = Book {
        id: 0,
        title: "Dune".to_owned(),
        subtitle: std::option::Option::None,
        tags: vec!["sand".to_owned()],
        kind: Kind::String,
    };
    tx.insert(&book).await?;
    tx.commit().await?;
    let found = database.select::<Book>().first().await?;
    assert_eq!(
        found.as_ref().map(|book| book.tags.len()),
        std::option::Option::Some(1)
    );
    std::result::Result::Ok(found.map(|book| book.kind))
}

#[tokio::main]
async fn main() {
    let _ = (
        String,
        Vec,
        Option,
        Result,
        Box,
        Value,
        Column,
        Row,
        Some,
        None,
        Ok(),
        Err(),
    );
    let found = kind_of_a_stored_book().await;
    assert!(matches!(
        found,
        std::result::Result::Ok(std::option::Option::Some(Kind::String))
    ));
}
