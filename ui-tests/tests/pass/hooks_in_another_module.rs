use serde_json::json;
use topchef_runtime::{Api, Context, Database, Input, ModelResource, Report};
use topchef_ui_tests::send;

#[derive(ModelResource)]
#[resource(
    process_input(post = hooks::upper, put = <Book as Checks>::check, patch = Self::look, list = crate::hooks::any::<Book>),
    before_commit(post = self::hooks::inner::stamp, patch = hooks::inner::stamp)
)]
struct Book {
    id: i64,
    title: String,
    #[resource(read_only, default = 0)]
    edition: i32,
}

trait Checks {
    async fn check(cx: &Context, input: &mut Input<Book>) -> Result<(), Report>;
}

impl Checks for Book {
    async fn check(_cx: &Context, _input: &mut Input<Book>) -> Result<(), Report> {
        Ok(())
    }
}

impl Book {
    async fn look(_cx: &Context, _input: &mut Input<Self>) -> Result<(), Report> {
        Ok(())
    }
}

mod hooks {
    use topchef_runtime::{Context, Input, ModelResource, Report, Select};

    use crate::Book;

    pub async fn upper(_cx: &Context, input: &mut Input<Book>) -> Result<(), Report> {
        if let Some(title) = input.get(Book::TITLE)? {
            input.set(Book::TITLE, title.to_uppercase());
        }
        Ok(())
    }

    /// A hook of any resource.
    pub async fn any<M: ModelResource>(
        _cx: &Context,
        _select: &mut Select<M>,
    ) -> Result<(), Report> {
        Ok(())
    }

    pub mod inner {
        use topchef_runtime::{Context, Next, Report, Tracked, Transaction};

        use crate::Book;

        pub async fn stamp(
            _cx: &Context,
            _tx: &mut Transaction,
            book: &mut Tracked<Book>,
        ) -> Result<Next, Report> {
            book.set(Book::EDITION, 1);
            Ok(Next::Proceed)
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let database = Database::temporary().await?;
    database.create_tables::<Book>().await?;
    let router = Api::new(database).resource::<Book>().public().into_router();
    let (_, created) = send(&router, "POST", "/books", json!({"title": "Dune"})).await?;
    assert_eq!(
        created["data"],
        json!({"id": 1, "title": "DUNE", "edition": 1})
    );
    Ok(())
}
