//! The example `simple` as its users have it: its program, the requests of its page, and what it refuses.

use serde_json::json;
use topchef_tests::{Example, walk, walk_comment};

const SOURCE: &str = include_str!("../../topchef-runtime/examples/simple.rs");
const PAGE: &str = include_str!("../../topchef-runtime/src/docs/examples/simple.md");
const WRONG: &str = "Deserialization Error From Client Data";

#[tokio::test]
async fn its_page_is_true() {
    walk(&Example::start("simple").api(), PAGE).await;
}

#[tokio::test]
async fn its_comment_is_true() {
    let example = Example::start("simple");
    walk_comment(&example.api(), SOURCE, &[201, 201, 200, 200, 200]).await;
}

#[tokio::test]
async fn what_it_refuses() {
    let example = Example::start("simple");
    let api = example.api();
    let author = json!({"first_name": "Ursula", "last_name": "Le Guin"});
    api.post("/authors", &author).await.expect(201);
    let long = "x".repeat(51);
    let answer = api.post("/authors", &json!({"first_name": long})).await;
    answer.refused_at(WRONG, &["/first_name", "/last_name"]);
    for computed in ["full_name", "books"] {
        let mut author = author.clone();
        author[computed] = json!("Somebody Else");
        let answer = api.post("/authors", &author).await;
        answer.refused_at(WRONG, &[&format!("/{computed}")]);
    }
    let book = json!({
        "isbn": "x".repeat(21), "title": "x".repeat(101), "pub_year": 1449, "author_id": "one",
    });
    let answer = api.post("/books", &book).await;
    answer.refused_at(WRONG, &["/isbn", "/title", "/pub_year", "/author_id"]);
    let absent = json!({"title": null, "pub_year": 2000, "author_id": 1});
    let answer = api.post("/books", &absent).await;
    answer.refused_at(WRONG, &["/title"]);

    for query in [
        "limit=-1",
        "offset=x",
        "sort=isbm",
        "fields=secret",
        "include=publisher",
        "or=(id=1",
        "full_name=Ursula",
        "author.last_name=x",
        "count=about",
        "cursor=x",
        "explain=true",
    ] {
        let answer = api.get(&format!("/books?{query}")).await;
        answer.refused(400, "Invalid Query Parameter");
    }
    api.get("/authors/one").await.problem(404);
    api.get("/author").await.refused(404, "Not Found");
    let answer = api.patch("/authors/2", &json!({"first_name": "x"})).await;
    answer.refused(404, "Author Not Found");
    api.text("POST", "/authors", "{").await.problem(400);
    let bare = api.request("POST", "/authors").body("{}");
    api.send(bare).await.problem(415);
}

#[tokio::test]
async fn pages_lead_over_all_books() {
    let example = Example::start("simple");
    let api = example.api();
    let author = json!({"first_name": "Ursula", "last_name": "Le Guin"});
    api.post("/authors", &author).await.expect(201);
    let books: Vec<_> = (0..250)
        .map(|number| json!({"title": format!("book {number}"), "pub_year": 1990, "author_id": 1}))
        .collect();
    api.post("/books", &json!(books)).await.expect(201);
    for (start, page) in [("", 20), ("?limit=1000", 100), ("?cursor=&limit=60", 60)] {
        let (mut next, mut ids) = (Some(format!("/books{start}")), Vec::new());
        while let Some(path) = next {
            let answer = api.get(&path).await.expect(200).json();
            let data = answer["data"].as_array().unwrap();
            assert!(
                data.len() == page || ids.len() + data.len() == 250,
                "{path}"
            );
            ids.extend(data.iter().filter_map(|book| book["id"].as_i64()));
            next = answer["links"]["next"].as_str().map(str::to_owned);
        }
        assert_eq!(ids, (1..=250).collect::<Vec<_>>(), "{start}");
    }
    let author = api.get("/authors/1?include=books").await.expect(200);
    assert_eq!(
        author.json()["data"]["books"].as_array().map(Vec::len),
        Some(250)
    );
}
