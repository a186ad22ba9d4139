use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use topchef_runtime::{Api, Database, ModelResource};
use topchef_ui_tests::send;

#[derive(Deserialize, Serialize)]
struct Author {
    name: String,
    born: Option<u16>,
}

#[derive(Deserialize, Serialize)]
enum Form {
    Novel,
    Poem { verses: u64 },
}

#[derive(ModelResource)]
struct Book {
    id: i64,
    #[resource(json)]
    authors: Vec<Author>,
    #[resource(json)]
    form: Option<Form>,
    #[resource(json)]
    size: u64,
    anything: Value,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let database = Database::temporary().await?;
    database.create_tables::<Book>().await?;
    let router = Api::new(database.clone())
        .resource::<Book>()
        .public()
        .into_router();
    let book = json!({
        "authors": [{"name": "Homer", "born": null}], "form": {"Poem": {"verses": 15693}}, "size": u64::MAX,
        "anything": [1, {"two": 2}],
    });
    let (status, created) = send(&router, "POST", "/books", book).await?;
    assert_eq!(status, 201, "{created}");
    let (status, wrong) = send(&router, "PATCH", "/books/1", json!({"authors": [{}]})).await?;
    assert_eq!(
        (status, &wrong["errors"][0]["pointer"]),
        (400, &json!("/authors"))
    );
    let found = database
        .select::<Book>()
        .first()
        .await?
        .ok_or("it was just written")?;
    assert_eq!(
        (found.authors[0].name.as_str(), found.authors[0].born),
        ("Homer", None)
    );
    assert!(matches!(found.form, Some(Form::Poem { verses: 15693 })));
    assert_eq!(
        (found.size, &found.anything[1]["two"]),
        (u64::MAX, &json!(2))
    );
    Ok(())
}
