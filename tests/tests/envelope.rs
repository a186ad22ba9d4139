//! `envelope = "none"`: bare records, with their links in a header.

use serde_json::json;
use topchef_runtime::ModelResource;
use topchef_tests::Answer;
use topchef_tests::local::{Local, Resourceful};

/// A stone, of which there is nothing more to say.
#[derive(ModelResource)]
#[resource(envelope = "none")]
struct Stone {
    id: i64,
    name: String,
}

/// The links of the `Link` header by their relation (RFC 8288, section 3).
fn link(answer: &Answer, relation: &str) -> Option<String> {
    let links = answer.header("link")?.split(", ");
    let suffix = format!(">; rel=\"{relation}\"");
    let mut links = links.filter_map(|link| link.strip_suffix(&suffix)?.strip_prefix('<'));
    links.next().map(str::to_owned)
}

async fn quarry() -> Local {
    Local::start::<Stone>(Resourceful::resource::<Stone>).await
}

#[tokio::test]
async fn a_record_is_bare_and_its_link_in_the_header() {
    let local = quarry().await;
    let api = local.api();
    let answer = api.post("/stones", &json!({"name": "flint"})).await;
    let answer = answer.expect(201);
    assert_eq!(answer.json(), json!({"id": 1, "name": "flint"}));
    assert_eq!(answer.header("location"), Some("/stones/1"));
    assert_eq!(link(&answer, "self").as_deref(), Some("/stones/1"));
    let read = api.get("/stones/1").await.expect(200);
    assert_eq!(read.json(), answer.json());
    assert_eq!(read.header("etag"), answer.header("etag"));
    assert_eq!(link(&read, "self").as_deref(), Some("/stones/1"));
    for answer in [
        api.put("/stones/1", &json!({"name": "slate"})).await,
        api.patch("/stones/1", &json!({"name": "slate"})).await,
    ] {
        let answer = answer.expect(200);
        assert_eq!(answer.json(), json!({"id": 1, "name": "slate"}));
        assert_eq!(link(&answer, "self").as_deref(), Some("/stones/1"));
    }
}

#[tokio::test]
async fn several_are_a_bare_array() {
    let local = quarry().await;
    let api = local.api();
    let several = json!([{"name": "a"}, {"name": "b"}, {"name": "c"}]);
    let answer = api.post("/stones", &several).await.expect(201);
    assert_eq!(answer.json().as_array().unwrap().len(), 3);
    assert_eq!(answer.header("link"), None);
    let first = api.get("/stones?limit=1").await.expect(200);
    assert_eq!(first.json(), json!([{"id": 1, "name": "a"}]));
    assert_eq!(link(&first, "self").as_deref(), Some("/stones?limit=1"));
    assert_eq!(link(&first, "prev"), None);
    let second = api.get(&link(&first, "next").unwrap()).await.expect(200);
    assert_eq!(second.json(), json!([{"id": 2, "name": "b"}]));
    let back = api.get(&link(&second, "prev").unwrap()).await.expect(200);
    assert_eq!(back.json(), first.json());
    let third = api.get(&link(&second, "next").unwrap()).await.expect(200);
    assert_eq!(link(&third, "next"), None);
}

#[tokio::test]
async fn refusals_are_what_they_always_are() {
    let local = quarry().await;
    let api = local.api();
    api.get("/stones/1").await.problem(404);
    api.post("/stones", &json!({})).await.problem(400);
    api.get("/stones?colour=red").await.problem(400);
    api.post("/stones", &json!({"name": "flint"}))
        .await
        .expect(201);
    // There is no place for what they ask.
    for path in [
        "/stones?count=exact",
        "/stones?meta=schema",
        "/stones/1?meta=schema",
    ] {
        let faults = api.get(path).await.problem(400);
        assert_eq!(faults[0].code, "unknown_parameter", "{path}");
    }
}
