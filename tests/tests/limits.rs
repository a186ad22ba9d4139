//! The limits of schemas and of what they validate, each set to something small, in the real binary.

use serde_json::{Value, json};
use std::sync::Arc;
use topchef_tests::{Answer, Launch, Scratch, Server, lab};

fn server(limit: &str, value: &str) -> Server {
    Launch::serve().arguments([limit, value]).start()
}

async fn validate(server: &Server, schema: &Value, object: &Value) -> Answer {
    let body = json!({"object": object, "schema": schema});
    server.api().post("/validator", &body).await
}

/// Asserts that the one error of a refusal says what was exceeded and what it is set to.
fn assert_exceeded(answer: &Answer, title: &str, code: &str, words: &str) {
    let faults = answer.refused(400, title);
    let [fault] = &faults[..] else {
        panic!("{answer:?}");
    };
    assert_eq!(fault.code, code, "{answer:?}");
    assert!(fault.detail.contains(words), "{words}: {answer:?}");
}

const OF_A_SCHEMA: &str = "Deserialization Error From Client Data";
const OF_A_DOCUMENT: &str = "JSONSchema Validation Error";

#[tokio::test]
async fn a_schema_has_so_many_bytes_and_no_more() {
    let server = server("--max-schema-bytes", "40");
    let schema = json!({"title": "x".repeat(28)});
    assert_eq!(schema.to_string().len(), 40);
    validate(&server, &schema, &json!({})).await.expect(200);
    let longer = json!({"title": "x".repeat(29)});
    let words = "it has 41 bytes, more than the 40 of this server's max_schema_bytes";
    let answer = validate(&server, &longer, &json!({})).await;
    assert_exceeded(&answer, OF_A_SCHEMA, "too_expensive", words);

    let mut service = lab::centrifuge();
    service["job_registration_schema"] = longer;
    service["job_result_schema"] = json!({});
    let answer = server.api().post("/services", &service).await;
    assert_exceeded(&answer, OF_A_SCHEMA, "too_expensive", words);
}

#[tokio::test]
async fn a_document_has_so_many_bytes_and_no_more() {
    let server = server("--max-document-bytes", "20");
    let document = json!({"name": "x".repeat(9)});
    assert_eq!(document.to_string().len(), 20);
    validate(&server, &json!({}), &document).await.expect(200);
    let longer = json!({"name": "x".repeat(10)});
    let words = "it has 21 bytes, more than the 20 of this server's max_document_bytes";
    let answer = validate(&server, &json!({}), &longer).await;
    assert_exceeded(&answer, OF_A_DOCUMENT, "too_expensive", words);

    let mut service = lab::centrifuge();
    service["job_registration_schema"] = json!({});
    let service = server
        .api()
        .post("/services", &service)
        .await
        .expect(201)
        .made();
    let path = format!("/services/{service}/jobs");
    let answer = server
        .api()
        .post(&path, &json!({"parameters": longer}))
        .await;
    assert_exceeded(&answer, OF_A_DOCUMENT, "too_expensive", words);
    server
        .api()
        .post(&path, &json!({"parameters": document}))
        .await
        .expect(201);
}

#[tokio::test]
async fn a_body_has_so_many_bytes_and_no_more() {
    let server = server("--max-body-bytes", "100");
    let answer = validate(&server, &json!({}), &json!({"name": "x".repeat(100)})).await;
    let faults = answer.refused(413, "Payload Too Large");
    assert_eq!(faults[0].detail, "the body is longer than 100 bytes");
}

#[tokio::test]
async fn schemas_and_documents_are_so_deep_and_no_deeper() {
    let server = server("--max-depth", "3");
    let (three, four) = (json!({"a": [[]]}), json!({"a": [[[]]]}));
    let words = "nested more than 3 levels deep, the max_depth of this server";
    validate(&server, &json!({}), &three).await.expect(200);
    let answer = validate(&server, &json!({}), &four).await;
    assert_exceeded(&answer, OF_A_DOCUMENT, "too_deep", words);
    validate(&server, &json!({"not": {"not": {}}}), &three)
        .await
        .expect(200);
    let answer = validate(&server, &json!({"not": {"not": {"not": {}}}}), &three).await;
    assert_exceeded(&answer, OF_A_SCHEMA, "too_deep", words);
}

#[tokio::test]
async fn a_validation_does_so_much_work_and_no_more() {
    let server = server("--max-validation-milliseconds", "1");
    let schema = json!({"properties": {"a": {"items": {"type": "integer"}}}});
    let numbers = |count: i32| json!({"a": (0..count).collect::<Vec<_>>()});
    validate(&server, &schema, &numbers(1_000))
        .await
        .expect(200);
    let answer = validate(&server, &schema, &numbers(100_000)).await;
    let words = "it takes more than the 1 ms of this server's max_validation_milliseconds";
    assert_exceeded(&answer, OF_A_DOCUMENT, "too_expensive", words);
}

#[tokio::test]
async fn a_registered_service_outlives_lower_limits() {
    let database = Arc::new(Scratch::new());
    let service = {
        let server = Launch::serve_over(Arc::clone(&database)).start();
        let mut service = lab::centrifuge();
        service["job_registration_schema"] = json!({"anyOf": [{"title": "x".repeat(100)}]});
        server
            .api()
            .post("/services", &service)
            .await
            .expect(201)
            .made()
    };
    let server = Launch::serve_over(database)
        .arguments(["--max-schema-bytes", "20", "--max-depth", "2"])
        .start();
    let path = format!("/services/{service}/jobs");
    let api = server.api();
    api.post(&path, &json!({"parameters": {"rpm": 500}}))
        .await
        .expect(201);
    let answer = api.post(&path, &json!({"parameters": {"a": [[]]}})).await;
    assert_exceeded(&answer, OF_A_DOCUMENT, "too_deep", "levels deep");
}
