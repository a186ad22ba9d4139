use serde_json::{Value, json};
use topchef_runtime::{Api, Database, ModelResource};
use topchef_ui_tests::send;
use uuid::Uuid;

#[derive(ModelResource)]
struct Author {
    id: Uuid,
    first_name: String,
    last_name: String,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let database = Database::temporary().await?;
    database.create_tables::<Author>().await?;
    let api = Api::new(database).resource::<Author>().public();
    let router = api.into_router();

    let author = json!({"first_name": "Ursula", "last_name": "Le Guin"});
    let (status, created) = send(&router, "POST", "/authors", author).await?;
    assert_eq!(status, 201, "{created}");
    let path = format!("/authors/{}", created["data"]["id"].as_str().unwrap());
    let (status, _) = send(&router, "PATCH", &path, json!({"first_name": "U. K."})).await?;
    assert_eq!(status, 200);
    let (_, found) = send(&router, "GET", "/authors", Value::Null).await?;
    assert_eq!(found["data"][0]["first_name"], "U. K.");
    let (status, _) = send(&router, "DELETE", &path, Value::Null).await?;
    assert_eq!(status, 204);
    Ok(())
}
