//! The smallest resource as its users have it: the example's own program, and every method that the derive gave it.

use serde_json::{Value, json};
use topchef_tests::{Example, assert_keys};

#[tokio::test]
async fn the_smallest_resource_has_every_method() {
    let example = Example::start("smallest");
    let api = example.api();
    let empty = api.get("/authors").await.expect(200).json();
    assert_eq!(empty["data"], json!([]));

    let author = json!({"first_name": "Ursula", "last_name": "Le Guin"});
    let made = api.post("/authors", &author).await.expect(201);
    let path = made.header("location").unwrap();
    let id = made.made();
    assert_eq!(path, format!("/authors/{id}"));
    assert_keys(&made.json()["data"], &["id", "first_name", "last_name"]);

    let shown = api.get(path).await.expect(200).json();
    let due = json!({"id": id, "first_name": "Ursula", "last_name": "Le Guin"});
    assert_eq!(shown["data"], due);

    let full = json!({"first_name": "Stanisław", "last_name": "Lem"});
    let replaced = api.put(path, &full).await.expect(200).json();
    assert_eq!(replaced["data"]["last_name"], "Lem");
    let incomplete = api.put(path, &json!({"first_name": "Stanisław"})).await;
    let wrong = "Deserialization Error From Client Data";
    incomplete.refused_at(wrong, &["/last_name"]);

    let change = json!({"first_name": "Samuel"});
    let changed = api.patch(path, &change).await.expect(200).json();
    let due = json!({"id": id, "first_name": "Samuel", "last_name": "Lem"});
    assert_eq!(changed["data"], due);

    let other = "/authors/0190d3f7-0000-7000-8000-000000000001";
    api.put(other, &author).await.expect(201);
    let found = api.get("/authors?sort=id&fields=first_name&limit=1").await;
    let found = found.expect(200).json();
    assert_eq!(found["data"].as_array().map(Vec::len), Some(1));
    assert_eq!(found["data"][0]["first_name"], "Ursula");

    assert_eq!(api.call("HEAD", path).await.expect(200).text, "");
    let options = api.call("OPTIONS", path).await.expect(200);
    assert!(options.allow().contains("DELETE"), "{options:?}");
    api.post(path, &author)
        .await
        .refused(405, "Method Not Implemented");

    api.delete(path).await.expect(204);
    api.get(path).await.refused(404, "Author Not Found");
    let left = api.get("/authors").await.expect(200).json();
    assert_eq!(left["data"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn the_smallest_resource_is_on_disk() {
    let mut example = Example::start("smallest");
    let author = json!({"first_name": "Ursula", "last_name": "Le Guin"});
    let made = example.api().post("/authors", &author).await.expect(201);
    let path = made.header("location").unwrap();
    assert!(example.file("authors.db").exists());
    example.restart();
    let read: Value = example.api().get(path).await.expect(200).json();
    assert_eq!(read["data"], made.json()["data"]);
    assert_eq!(example.interrupt(), Some(0), "SIGINT ends it in good order");
}
