//! Methods of the struct named as those of the traits that it gets, and hooks named as what runs them.

use serde_json::json;
use topchef_runtime::{Api, Context, Database, Input, ModelResource, Report, Select};
use topchef_ui_tests::send;

#[derive(ModelResource)]
#[resource(
    serial_fields = [id, title, values(), endpoint()],
    process_input(post = hooks, list = Self::descriptor, put = run, patch = data),
)]
struct Book {
    id: i64,
    title: String,
}

impl Book {
    fn values(&self) -> usize {
        self.title.len()
    }

    fn endpoint(&self) -> &'static str {
        "the end"
    }

    #[allow(dead_code)]
    fn from_row(&self) {}

    #[allow(dead_code)]
    fn hooks() {}

    #[allow(dead_code)]
    fn write_computed() {}

    #[allow(dead_code)]
    fn ask() {}

    async fn descriptor(_cx: &Context, _books: &mut Select<Self>) -> Result<(), Report> {
        Ok(())
    }
}

async fn hooks(_cx: &Context, _input: &mut Input<Book>) -> Result<(), Report> {
    Ok(())
}

async fn run(_cx: &Context, _input: &mut Input<Book>) -> Result<(), Report> {
    Ok(())
}

async fn data(_cx: &Context, _input: &mut Input<Book>) -> Result<(), Report> {
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let database = Database::temporary().await?;
    database.create_tables::<Book>().await?;
    let router = Api::new(database).resource::<Book>().public().into_router();
    let wanted = json!({"id": 1, "title": "Dune", "values": 4, "endpoint": "the end"});
    let (_, answer) = send(&router, "POST", "/books", json!({"title": "Dune"})).await?;
    assert_eq!(answer["data"], wanted);
    let (_, answer) = send(&router, "GET", "/books", json!(null)).await?;
    assert_eq!(answer["data"], json!([wanted]));
    Ok(())
}
