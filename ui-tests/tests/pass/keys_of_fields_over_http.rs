//! What the keys of fields do to requests and answers.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use topchef_runtime::{Api, Database, ModelResource};
use topchef_ui_tests::send;
use uuid::Uuid;

#[derive(ModelResource)]
struct Author {
    id: Uuid,
    #[resource(format = "email", unique)]
    email: String,
}

#[derive(ModelResource)]
#[resource(rename_all = "camelCase")]
struct Book {
    id: i64,
    #[resource(column = "book_title", rename = "name", min_length = 2, pattern = r"^\p{Lu}", index)]
    title: String,
    #[resource(minimum = 1450, maximum = 2100)]
    pub_year: i32,
    #[resource(references = Author)]
    author_id: Option<Uuid>,
    #[resource(read_only, default = DateTime::UNIX_EPOCH, on_update = Utc::now)]
    changed_at: DateTime<Utc>,
    #[resource(version)]
    version: i64,
    #[resource(skip)]
    cache: Vec<u8>,
}

#[derive(ModelResource)]
struct Seat {
    #[resource(primary_key)]
    row: String,
    #[resource(primary_key)]
    place: i32,
    taken: bool,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let database = Database::temporary().await?;
    database.create_tables::<(Author, Book, Seat)>().await?;
    let router = Api::new(database)
        .resource::<Author>()
        .resource::<Book>()
        .resource::<Seat>()
        .public()
        .into_router();

    let (status, wrong) = send(
        &router,
        "POST",
        "/books",
        json!({"title": "s", "pubYear": 1449, "changedAt": null, "version": 7, "cache": "AA=="}),
    )
    .await?;
    assert_eq!(status, 400, "{wrong}");
    let mut pointers: Vec<_> = wrong["errors"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|error| error["pointer"].as_str())
        .collect();
    pointers.sort_unstable();
    assert_eq!(pointers, ["/cache", "/changedAt", "/name", "/pubYear", "/version"]);

    let book = json!({"name": "Sula", "pub_year": 1973});
    let (status, created) = send(&router, "POST", "/books", book).await?;
    assert_eq!(status, 201, "{created}");
    let data = &created["data"];
    assert_eq!(
        data,
        &json!({"id": 1, "name": "Sula", "pubYear": 1973, "authorId": null, "changedAt": "1970-01-01T00:00:00.000000+00:00", "version": 1})
    );

    let (status, changed) = send(&router, "PATCH", "/books/1", json!({"title": "Jazz"})).await?;
    assert_eq!(status, 200, "{changed}");
    let data = &changed["data"];
    assert_eq!((data["name"].as_str(), data["version"].as_i64()), (Some("Jazz"), Some(2)));
    assert_ne!(data["changedAt"], created["data"]["changedAt"]);

    let (status, refused) =
        send(&router, "PATCH", "/books/1", json!({"authorId": Uuid::nil()})).await?;
    assert_eq!(
        (status, refused["errors"][0]["pointer"].as_str()),
        (409, Some("/authorId")),
        "{refused}"
    );

    let author = json!({"email": "toni@example.org"});
    let (status, _) = send(&router, "POST", "/authors", author.clone()).await?;
    assert_eq!(status, 201);
    let (status, refused) = send(&router, "POST", "/authors", author).await?;
    assert_eq!(
        (status, refused["errors"][0]["pointer"].as_str()),
        (409, Some("/email")),
        "{refused}"
    );
    let (status, _) = send(&router, "POST", "/authors", json!({"email": "toni"})).await?;
    assert_eq!(status, 400);

    let seat = json!({"row": "F", "place": 7, "taken": true});
    let (status, _) = send(&router, "POST", "/seats", seat.clone()).await?;
    assert_eq!(status, 201);
    let (status, found) = send(&router, "GET", "/seats/F/7", Value::Null).await?;
    assert_eq!((status, &found["data"]), (200, &seat));
    let (status, _) = send(&router, "GET", "/seats/F/8", Value::Null).await?;
    assert_eq!(status, 404);
    Ok(())
}
