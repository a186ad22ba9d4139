//! What the derive cannot know by the name of a type, the compiler is asked; the answers are these.

use serde_json::json;
use topchef_runtime::{Api, Database, ModelResource};
use topchef_ui_tests::send;

type Number = i64;
type Title = String;
type Note = Option<String>;
type Grade = u8;
type Weight = Option<f64>;
type Revision = i32;
type Anything = serde_json::Value;

mod library {
    pub type Isbn = String;
}

#[derive(ModelResource)]
#[resource(collection(
    filter = [title, grade],
    sort = [title, note],
    order_by = [-grade],
    search = [title, note, isbn],
))]
struct Book {
    id: Number,
    #[resource(max_length = 9, min_length = 2, pattern = "^[A-Z]", unique)]
    title: Title,
    #[resource(format = "email", max_length = 20)]
    note: Note,
    #[resource(minimum = 1, maximum = 255, index)]
    grade: Grade,
    #[resource(minimum = 0.5, maximum = 9)]
    weight: Weight,
    #[resource(pattern = "^[0-9]+$")]
    isbn: library::Isbn,
    #[resource(version)]
    revision: Revision,
    anything: Anything,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let database = Database::temporary().await?;
    database.create_tables::<Book>().await?;
    let router = Api::new(database).resource::<Book>().public().into_router();
    let book = json!({"title": "Dune", "grade": 255, "weight": 0.5, "isbn": "1", "anything": [1]});
    let (status, answer) = send(&router, "POST", "/books", book).await?;
    assert_eq!((status, &answer["data"]["revision"]), (201, &json!(1)));
    let book =
        json!({"title": "x", "grade": 0, "note": "x", "weight": 0, "isbn": "x", "anything": 1});
    let (status, answer) = send(&router, "POST", "/books", book).await?;
    let errors = answer["errors"].as_array().map(Vec::len);
    assert_eq!((status, errors), (400, Some(5)), "{answer}");
    let (_, answer) = send(&router, "GET", "/books?q=dun&sort=note", json!(null)).await?;
    assert_eq!(answer["data"][0]["anything"], json!([1]));
    Ok(())
}
