//! A macro that is given identifiers, types, expressions and literals, and names its own module by `$crate`.

use serde_json::json;
use topchef_runtime::{Api, Database};
use topchef_ui_tests::send;

mod library {
    pub use topchef_runtime as runtime;
    use topchef_runtime::{Context, Input, ModelResource, Report};

    #[derive(ModelResource)]
    pub struct Author {
        pub id: i64,
        pub name: String,
    }

    pub async fn unchanged<M: ModelResource>(
        _cx: &Context,
        _input: &mut Input<M>,
    ) -> Result<(), Report> {
        Ok(())
    }

    macro_rules! resources {
        ($(
            $(#[$attribute:meta])*
            $visibility:vis $name:ident {
                $($field:ident: $ty:ty = $default:expr, at most $most:literal;)*
            } by $by:ident of $target:ty, $key:ty
        )*) => {$(
            $(#[$attribute])*
            #[derive($crate::library::runtime::ModelResource)]
            #[resource(
                crate = $crate::library::runtime,
                relations(author(belongs_to = $crate::library::Author, by = $by)),
                serial_fields = [id, $($field,)* author],
                serial_field_relations(author = [name]),
                collection(filter = [$($field),*]),
                process_input(post = $crate::library::unchanged::<$name>),
            )]
            $visibility struct $name {
                $visibility id: i64,
                $(
                    #[resource(default = $default, max_length = $most)]
                    $visibility $field: $ty,
                )*
                #[resource(references = $target)]
                $visibility $by: $key,
            }
        )*};
    }
    pub(crate) use resources;
}

library::resources! {
    #[derive(Debug)]
    pub Book {
        title: String = "untitled", at most 20;
        note: Option<String> = "none", at most 9;
    } by author_id of library::Author, Option<i64>

    Poem {
        line: std::string::String = ["so", "much"].join(" "), at most 20;
    } by poet_id of crate::library::Author, i64
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let database = Database::temporary().await?;
    database
        .create_tables::<(library::Author, Book, Poem)>()
        .await?;
    let mut tx = database.transaction().await?;
    let author = library::Author {
        id: 0,
        name: "Frank".to_owned(),
    };
    assert_eq!(tx.insert(&author).await?.id, 1);
    tx.commit().await?;
    let api = Api::new(database).resource::<Book>().resource::<Poem>();
    let router = api.public().into_router();
    let (_, book) = send(&router, "POST", "/books", json!({"author_id": 1})).await?;
    assert_eq!(
        book["data"],
        json!({"id": 1, "title": "untitled", "note": "none", "author": {"name": "Frank"}})
    );
    let (_, poem) = send(&router, "POST", "/poems", json!({"poet_id": 1})).await?;
    assert_eq!(
        poem["data"],
        json!({"id": 1, "line": "so much", "author": {"name": "Frank"}})
    );
    Ok(())
}
