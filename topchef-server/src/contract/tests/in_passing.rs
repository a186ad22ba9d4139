//! Owns the tests of what is validated in passing: that nothing is valid there that is not elsewhere, and that nothing long
//! is begun there.
//! Does not know what is done with the rest.

use serde_json::{Value, json};

use super::*;

fn schema(schema: &Value) -> Schema {
    compiled(&schema.to_string())
}

#[test]
fn a_short_document_that_is_valid_is_valid_in_passing() {
    let schema = schema(&json!({
        "type": "object",
        "properties": {
            "rpm": {"type": "integer", "minimum": 1},
            "sample": {"type": "string", "pattern": "^[a-z]+$"},
            "counts": {"items": {"type": "integer"}},
        },
        "required": ["rpm"],
    }));
    for (text, expected) in [
        (r#"{"rpm": 500, "sample": "blood", "counts": [1, 2]}"#, true),
        (r#"{"rpm": 0, "sample": "blood"}"#, false),
        (r#"{"rpm": 1, "counts": ["one"]}"#, false),
        ("{}", false),
        ("7", false),
        ("{", false),
    ] {
        assert_eq!(schema.is_valid_in_passing(text), expected, "{text}");
        assert_eq!(schema.validate(text).is_ok(), expected, "{text}");
    }
}

#[test]
fn what_may_take_long_is_not_begun_or_not_ended() {
    let any = schema(&json!({}));
    let of_bytes = |bytes: usize| format!("\"{}\"", "x".repeat(bytes - 2));
    assert!(any.is_valid_in_passing(&of_bytes(4 * 1024)));
    assert!(!any.is_valid_in_passing(&of_bytes(4 * 1024 + 1)));

    // Every pair of items is compared.
    let unique = schema(&json!({"items": {"uniqueItems": true}}));
    let items: Vec<_> = (0..20).map(|number| json!({"a": {"b": number}})).collect();
    let items = json!(vec![items; 10]).to_string();
    let wide = schema(&json!({"items": {"pattern": "^(a|b|ab){0,40}$"}}));
    let texts = json!(vec!["ab".repeat(40); 40]).to_string();
    // Each level stands on the stack of whoever asks.
    let tree = schema(&json!({"$ref": "#/definitions/tree", "definitions": {
        "tree": {"properties": {"t": {"$ref": "#/definitions/tree"}}},
    }}));
    let nested = |levels: usize| r#"{"t":"#.repeat(levels) + "1" + &"}".repeat(levels);
    assert!(tree.is_valid_in_passing(&nested(3)));
    // What a schema compares with and asks for is its own, however short the document.
    let values: Vec<_> = (0..20_000).map(|number| json!(number)).collect();
    let values = schema(&json!({"enum": [0.5, "x", values, {"not": [1]}]}));
    let refused: Vec<_> = (0..100)
        .map(|_| json!({"not": {"$ref": "#/definitions/r"}}))
        .collect();
    let names: Vec<_> = (0..100).map(|name| name.to_string()).collect();
    let repeated = schema(&json!({"allOf": refused, "definitions": {"r": {"required": names}}}));
    for (schema, document) in [
        (&unique, items.as_str()),
        (&wide, &texts),
        (&tree, &nested(120)),
        (&values, "\"x\""),
        (&repeated, "{}"),
    ] {
        assert!(document.len() <= 4 * 1024, "{}", document.len());
        assert!(!schema.is_valid_in_passing(document), "{document}");
        assert!(schema.validate(document).is_ok(), "{document}");
    }
}

#[test]
fn names_that_are_missing_everywhere_are_too_many_to_list() {
    let names: Vec<_> = (0..10_000).map(|name| name.to_string()).collect();
    let all: Vec<_> = (0..60)
        .map(|_| json!({"$ref": "#/definitions/r"}))
        .collect();
    for asking in [
        json!({"required": names}),
        json!({"dependencies": {"a": names}}),
    ] {
        let schema = schema(&json!({"allOf": all, "definitions": {"r": asking}}));
        let refused = schema.validate(r#"{"a": 1}"#);
        assert!(
            matches!(refused, Err(ValidateError::TooDear(_))),
            "{refused:?}"
        );
    }
}
