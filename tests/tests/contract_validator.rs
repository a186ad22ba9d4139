//! The contract of `/validator`: any object against any schema, and what JSON Schema means here.

use serde_json::{Value, json};
use topchef_tests::lab::{self, DRAFT_4, title};
use topchef_tests::{Answer, Api, Server, assert_keys};

async fn validate(api: &Api, object: &str, schema: &Value) -> Answer {
    api.text(
        "POST",
        "/validator",
        &format!(r#"{{"object": {object}, "schema": {schema}}}"#),
    )
    .await
}

#[tokio::test]
async fn it_says_what_it_wants() {
    let server = Server::start();
    let api = server.api();
    let body = api.get("/validator").await.expect(200).json();
    assert_keys(&body, &["data", "links", "meta"]);
    assert_eq!(body["data"], json!({}));
    assert_eq!(body["links"]["self"], api.url("/validator"));
    let schema = &body["meta"]["validator_schema"]["properties"];
    assert!(
        schema["object"].is_object() && schema["schema"].is_object(),
        "{body}"
    );
}

#[tokio::test]
async fn what_satisfies_its_schema_is_told_so() {
    let server = Server::start();
    let api = server.api();
    for (object, schema) in [
        (r#"{"rpm": 500}"#, lab::spin_schema()),
        ("{}", json!({})),
        (r#"{"a": 1}"#, json!({})),
    ] {
        let body = validate(&api, object, &schema).await.expect(200).json();
        let due = json!({
            "data": {"status": "Validation was successful"},
            "links": {"self": api.url("/validator")},
        });
        assert_eq!(body, due, "{object} against {schema}");
    }
}

#[tokio::test]
async fn every_violation_is_one_error() {
    let server = Server::start();
    let api = server.api();
    let faults = validate(&api, r#"{"rpm": 99, "sample": 31}"#, &lab::spin_schema())
        .await
        .refused(400, title::SCHEMA);
    assert_eq!(faults.len(), 2, "{faults:?}");
    for end in ["/rpm", "/sample"] {
        let there = faults.iter().any(|fault| {
            fault
                .pointer
                .as_deref()
                .is_some_and(|pointer| pointer.ends_with(end))
        });
        assert!(there, "no error at {end}: {faults:?}");
    }
}

#[tokio::test]
async fn a_choice_that_fails_names_why_each_branch_did() {
    let server = Server::start();
    let api = server.api();
    for choice in ["anyOf", "oneOf"] {
        let schema = json!({"properties": {"v": {choice: [{"type": "string"}, {"minimum": 512}]}}});
        let faults = validate(&api, r#"{"v": 77}"#, &schema)
            .await
            .refused(400, title::SCHEMA);
        assert_eq!(faults.len(), 1, "a choice is one violation: {faults:?}");
        for reason in ["77", "string", "512"] {
            assert!(
                faults[0].detail.contains(reason),
                "{choice} hides {reason}: {faults:?}"
            );
        }
    }
}

#[tokio::test]
async fn without_a_dialect_a_schema_is_draft_4() {
    let server = Server::start();
    let api = server.api();
    let integer = |dialect: Option<&str>| {
        let mut schema = json!({"properties": {"n": {"type": "integer"}}});
        if let Some(dialect) = dialect {
            schema["$schema"] = json!(dialect);
        }
        schema
    };
    for four in [None, Some(DRAFT_4)] {
        validate(&api, r#"{"n": 3.0}"#, &integer(four))
            .await
            .refused(400, title::SCHEMA);
        validate(&api, r#"{"n": 3}"#, &integer(four))
            .await
            .expect(200);
    }
    let seven = integer(Some("http://json-schema.org/draft-07/schema#"));
    validate(&api, r#"{"n": 3.0}"#, &seven).await.expect(200);
    let exclusive = json!({"properties": {"n": {"minimum": 3, "exclusiveMinimum": true}}});
    validate(&api, r#"{"n": 3}"#, &exclusive)
        .await
        .refused(400, title::SCHEMA);
    validate(&api, r#"{"n": 4}"#, &exclusive).await.expect(200);
}

#[tokio::test]
async fn numbers_are_compared_exactly() {
    let server = Server::start();
    let api = server.api();
    let schema = r#"{"object": {"n": NUMBER}, "schema": {"properties": {"n": {"maximum": 12345678901234567890123}}}}"#;
    let inside = schema.replace("NUMBER", "12345678901234567890123");
    api.text("POST", "/validator", &inside).await.expect(200);
    let above = schema.replace("NUMBER", "12345678901234567890124");
    api.text("POST", "/validator", &above)
        .await
        .refused(400, title::SCHEMA);
}

#[tokio::test]
async fn a_schema_may_describe_a_tree() {
    let server = Server::start();
    let api = server.api();
    let tree = json!({
        "type": "object",
        "properties": {"leaf": {"type": "boolean"}, "branches": {"type": "array", "items": {"$ref": "#"}}},
    });
    let good = r#"{"branches": [{"leaf": true}, {"branches": [{"leaf": false}]}]}"#;
    validate(&api, good, &tree).await.expect(200);
    let bad = r#"{"branches": [{"leaf": true}, {"branches": [{"leaf": "green"}]}]}"#;
    let faults = validate(&api, bad, &tree).await.refused(400, title::SCHEMA);
    let pointer = faults[0].pointer.as_deref().unwrap_or_default();
    assert!(
        pointer.ends_with("/branches/1/branches/0/leaf"),
        "{faults:?}"
    );
}

#[tokio::test]
async fn a_wrong_request_says_all_that_is_wrong() {
    let server = Server::start();
    let api = server.api();
    api.post("/validator", &json!({}))
        .await
        .refused_at(title::DESERIALIZATION, &["/object", "/schema"]);
    api.post("/validator", &json!({"object": {}}))
        .await
        .refused_at(title::DESERIALIZATION, &["/schema"]);
    let wrong = json!({"object": {}, "schema": "an object"});
    api.post("/validator", &wrong)
        .await
        .refused_at(title::DESERIALIZATION, &["/schema"]);
    let faults = api
        .post("/validator", &json!([]))
        .await
        .refused(400, title::DESERIALIZATION);
    assert!(faults[0].detail.contains("_schema"), "{faults:?}");
    api.text("POST", "/validator", r#"{"object""#)
        .await
        .refused(400, title::NOT_JSON);
    api.call("POST", "/validator")
        .await
        .refused(400, title::NOT_JSON);
}

#[tokio::test]
async fn a_schema_that_is_none_is_told_so() {
    let server = Server::start();
    let api = server.api();
    for (schema, reason) in [
        (json!({"type": "intager"}), "intager"),
        (json!({"pattern": "[z-a]"}), "[z-a]"),
    ] {
        let faults = validate(&api, "{}", &schema).await.problem(400);
        assert!(
            faults.iter().any(|fault| fault.detail.contains(reason)),
            "{reason} is not told: {faults:?}"
        );
    }
}
