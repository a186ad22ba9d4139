use library::shelves::Book;
use topchef_runtime::{Database, ModelResource};

mod library {
    pub mod shelves {
        #[derive(topchef_runtime::ModelResource)]
        #[resource(serial_fields = [id, title, kind, genre(), shelf()])]
        pub struct Book {
            pub id: i64,
            pub title: String,
            #[resource(default = self::kinds::Kind::Novel)]
            pub kind: kinds::Kind,
        }

        impl Book {
            fn genre(&self) -> &'static str {
                self.kind.as_str()
            }

            fn shelf(&self) -> u32 {
                super::shelf_of(&self.title)
            }
        }

        pub mod kinds {
            #[derive(topchef_runtime::ResourceEnum)]
            pub enum Kind {
                Novel,
                Poetry,
            }
        }
    }

    fn shelf_of(title: &str) -> u32 {
        title.chars().next().map_or(0, u32::from)
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let database = Database::temporary().await?;
    database.create_tables::<Book>().await?;
    let book = Book {
        id: 0,
        title: "Dune".to_owned(),
        kind: library::shelves::kinds::Kind::Poetry,
    };
    let mut tx = database.transaction().await?;
    let book = tx.insert(&book).await?;
    tx.commit().await?;
    let json = book.to_json(topchef_runtime::descriptor::Method::Get)?;
    assert_eq!(
        String::from_utf8(json)?,
        r#"{"id":1,"title":"Dune","kind":"Poetry","genre":"Poetry","shelf":68}"#
    );
    Ok(())
}
