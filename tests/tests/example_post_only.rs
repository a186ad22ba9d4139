//! The example `post_only` as its users have it: its program, the requests of its page, and what it refuses.

use serde_json::json;
use topchef_tests::{Example, walk, walk_comment};

const SOURCE: &str = include_str!("../../topchef-runtime/examples/post_only.rs");
const PAGE: &str = include_str!("../../topchef-runtime/src/docs/examples/post_only.md");
const WRONG: &str = "Deserialization Error From Client Data";
const PATH: &str = "/a-model-command";

#[tokio::test]
async fn its_page_is_true() {
    walk(&Example::start("post_only").api(), PAGE).await;
}

#[tokio::test]
async fn its_comment_is_true() {
    let example = Example::start("post_only");
    walk_comment(&example.api(), SOURCE, &[419, 405]).await;
}

#[tokio::test]
async fn what_it_refuses_is_not_stored() {
    let example = Example::start("post_only");
    let api = example.api();
    let answer = api
        .post(PATH, &json!({"description": "x".repeat(81)}))
        .await;
    answer.refused_at(WRONG, &["/description", "/num_variable"]);
    let too_large = json!({"description": "x", "num_variable": 3_000_000_000_u32});
    let answer = api.post(PATH, &too_large).await;
    answer.refused_at(WRONG, &["/num_variable"]);
    let command = json!({"description": "x", "num_variable": 3});
    let answer = api.post(PATH, &command).await.expect(419);
    assert_eq!(
        answer.json(),
        json!({"message": "`x` was taken, and diverted"})
    );
    api.post(PATH, &command).await.refused(409, "Conflict");
    for (method, path) in [
        ("GET", PATH),
        ("DELETE", PATH),
        ("GET", "/a-model-command/1"),
        ("PUT", "/a-model-command/1"),
    ] {
        let answer = api.call(method, path).await;
        answer.refused(405, "Method Not Implemented");
    }
    let file = rusqlite::Connection::open(example.file("post_only.db")).unwrap();
    let stored = file.query_row("SELECT count(*) FROM a_models", [], |row| row.get(0));
    assert_eq!(stored, Ok(1));
}

#[tokio::test]
async fn several_commands_are_answered_one_by_one() {
    let example = Example::start("post_only");
    let commands = json!([
        {"description": "one", "num_variable": 1},
        {"description": "two", "num_variable": 2},
    ]);
    let answer = example.api().post(PATH, &commands).await.expect(201).json();
    let due = json!([
        {"message": "`one` was taken, and diverted"},
        {"message": "`two` was taken, and diverted"},
    ]);
    assert_eq!(answer["data"], due);
}
