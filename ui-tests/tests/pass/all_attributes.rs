use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use topchef_runtime::{Api, Database, ModelResource, ResourceEnum};
use topchef_ui_tests::send;
use uuid::Uuid;

/// A book.
#[derive(ModelResource, Clone, Debug)]
#[resource(
    table = "library",
    url_prefix = "/api/v1",
    url_name = "works",
    methods(get, list, post, put, patch, delete),
    rename_all = "camelCase",
    serial_fields(get = [key, title, label(), pub_year, genre, tags, created_at], list = [key, title], post = [key]),
)]
pub struct Book {
    #[resource(primary_key, default = Uuid::now_v7)]
    key: Uuid,
    /// The title.
    #[resource(max_length = 10)]
    title: String,
    #[resource(default = 1965)]
    pub_year: i32,
    #[resource(default = Genre::Novel)]
    genre: Genre,
    #[resource(json, default)]
    tags: Vec<Tag>,
    #[resource(read_only, default = Utc::now)]
    created_at: DateTime<Utc>,
    #[resource(write_only)]
    secret: Option<String>,
}

impl Book {
    fn label(&self) -> String {
        format!("{} ({})", self.title, self.pub_year)
    }
}

#[derive(Clone, Copy, Debug, ResourceEnum)]
#[resource(rename_all = "kebab-case")]
enum Genre {
    Novel,
    #[resource(rename = "verse")]
    Poetry,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
struct Tag {
    name: String,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let database = Database::temporary().await?;
    database.create_tables::<Book>().await?;
    let router = Api::new(database).resource::<Book>().public().into_router();

    let (status, wrong) = send(
        &router,
        "POST",
        "/api/v1/works",
        json!({"title": "A Wizard of Earthsea"}),
    )
    .await?;
    assert_eq!(
        (status, wrong["errors"][0]["pointer"].as_str()),
        (400, Some("/title"))
    );

    let book =
        json!({"title": "Dune", "genre": "verse", "tags": [{"name": "sand"}], "secret": "spice"});
    let (status, created) = send(&router, "POST", "/api/v1/works", book).await?;
    assert_eq!(status, 201, "{created}");
    let path = format!("/api/v1/works/{}", created["data"]["key"].as_str().unwrap());
    let (_, found) = send(&router, "GET", &path, Value::Null).await?;
    let data = &found["data"];
    assert_eq!(data["label"], "Dune (1965)");
    assert_eq!(data["pubYear"], 1965);
    assert_eq!(data["genre"], Genre::Poetry.as_str());
    assert_eq!(data["tags"], json!([{"name": "sand"}]));
    assert!(data["createdAt"].is_string(), "{data}");
    assert!(data.get("secret").is_none(), "{data}");
    Ok(())
}
