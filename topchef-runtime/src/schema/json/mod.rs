//! JSON Schema (draft 2020-12) of columns, of records as they go out, and of input, made from descriptors.
//!
//! Pure: it does not know the document that a schema stands in.

mod column;
mod input;
mod pattern;
mod record;

use serde_json::{Value, json};
use utoipa::openapi::schema::{Object, ObjectBuilder};

use crate::descriptor::{Descriptor, Method};

pub(crate) use column::{column_schema, kind_schema};
pub(crate) use input::input_schema;
pub(crate) use record::{answer_schema, record_schema};

/// The dialect that the schemas are written in.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The JSON Schema of a record as a method shows it, related records included.
///
/// For `DELETE`, which answers without a record, it is that of `GET`.
pub fn record(descriptor: &'static Descriptor, method: Method) -> Value {
    document(&record_schema(descriptor, method).build())
}

/// The JSON Schema of what a method takes: of `POST` and `PUT` with what is required, of `PATCH` without; none for the others.
///
/// Names are wire names, though either spelling is taken.
pub fn input(descriptor: &'static Descriptor, method: Method) -> Option<Value> {
    input_schema(descriptor, method).map(|schema| document(&schema.build()))
}

/// The JSON Schema of a record as a method answers with it: as [`record`], or as a hook answers with another in its place.
pub(crate) fn response(descriptor: &'static Descriptor, method: Method) -> Value {
    let own = record_schema(descriptor, method);
    let mut answers = descriptor.answers.iter();
    match answers.find(|answer| answer.method == method) {
        None => document(&own.build()),
        Some(answer) => json!({
            "$schema": DIALECT,
            "anyOf": [bare(&own.build()), bare(&answer_schema(answer).build())],
        }),
    }
}

/// A schema by itself, which says its dialect.
fn document(schema: &Object) -> Value {
    let mut document = bare(schema);
    if let Value::Object(keys) = &mut document {
        keys.insert("$schema".to_owned(), DIALECT.into());
    }
    document
}

/// A schema that stands in something else.
pub(crate) fn bare(schema: &Object) -> Value {
    // Strings, numbers and lists alone: there is nothing in it that could fail to be written.
    serde_json::to_value(schema).unwrap_or_default()
}

/// With a description, where there is one.
fn described(schema: ObjectBuilder, doc: &str) -> ObjectBuilder {
    schema.description((!doc.is_empty()).then_some(doc))
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
    use rust_decimal::Decimal;
    use uuid::Uuid;

    use super::*;
    use crate::ModelResource as _;

    #[derive(Clone, Copy, Debug, PartialEq, crate::ResourceEnum)]
    enum State {
        On,
        Off,
    }

    /// Every kind.
    #[derive(crate::ModelResource)]
    struct Sample {
        id: Uuid,
        small: i8,
        wide: Option<i64>,
        #[resource(minimum = 0, maximum = 9)]
        digit: i32,
        #[resource(minimum = -0.5, maximum = 1e9)]
        flag: i8,
        real: f32,
        price: Option<Decimal>,
        is_on: bool,
        #[resource(min_length = 1, max_length = 3, pattern = "^a")]
        text: String,
        /// A code.
        #[resource(pattern = "(?i)^a")]
        code: String,
        #[resource(format = "uri")]
        link: Option<String>,
        date: NaiveDate,
        time: NaiveTime,
        moment: DateTime<Utc>,
        bytes: Vec<u8>,
        any: Option<serde_json::Value>,
        some: serde_json::Value,
        state: Option<State>,
    }

    #[derive(crate::ModelResource)]
    #[resource(
        relations(parent(belongs_to = Node, by = parent_id), nodes(has_many = Node, by = parent_id)),
        serial_fields = [name, size(), parent, nodes],
    )]
    struct Node {
        #[resource(primary_key)]
        name: String,
        #[resource(references = Node)]
        parent_id: Option<String>,
        #[resource(read_only, default = 1)]
        weight: i32,
        #[resource(write_only, default)]
        secret: String,
    }

    impl Node {
        fn size(&self) -> usize {
            self.name.len()
        }
    }

    #[test]
    fn every_kind_has_a_schema() {
        let schema = record(Sample::DESCRIPTOR, Method::Get);
        assert_eq!(schema["$schema"], DIALECT);
        assert_eq!(schema["title"], "Sample");
        assert_eq!(schema["description"], "Every kind.");
        let own = &schema["properties"];
        for (field, expected) in [
            ("id", json!({"type": "string", "format": "uuid"})),
            (
                "small",
                json!({"type": "integer", "format": "int32", "minimum": -128, "maximum": 127}),
            ),
            (
                "wide",
                json!({"type": ["integer", "null"], "format": "int64"}),
            ),
            (
                "digit",
                json!({"type": "integer", "format": "int32", "minimum": 0, "maximum": 9}),
            ),
            (
                "flag",
                json!({"type": "integer", "format": "int32", "minimum": -0.5, "maximum": 127}),
            ),
            ("real", json!({"type": "number", "format": "float"})),
            (
                "price",
                json!({"type": ["string", "null"], "pattern": r"^-?\d+(\.\d+)?$"}),
            ),
            ("is_on", json!({"type": "boolean"})),
            (
                "text",
                json!({"type": "string", "minLength": 1, "maxLength": 3, "pattern": "^a"}),
            ),
            (
                "code",
                json!({
                    "type": "string",
                    "description": "A code.\n\nMatches the regular expression `(?i)^a`.",
                }),
            ),
            ("link", json!({"type": ["string", "null"], "format": "uri"})),
            ("date", json!({"type": "string", "format": "date"})),
            ("moment", json!({"type": "string", "format": "date-time"})),
            (
                "bytes",
                json!({"type": "string", "contentEncoding": "base64"}),
            ),
            ("any", json!({})),
            (
                "some",
                json!({"type": ["object", "array", "string", "number", "boolean"]}),
            ),
            (
                "state",
                json!({"type": ["string", "null"], "enum": ["On", "Off", null]}),
            ),
        ] {
            assert_eq!(own[field], expected, "{field}");
        }
        let given = input(Sample::DESCRIPTOR, Method::Post).unwrap_or_default();
        let price = &given["properties"]["price"]["type"];
        assert_eq!(*price, json!(["string", "number", "null"]));
    }

    #[test]
    fn a_record_is_shown_with_its_relations_as_far_as_they_go() {
        let schema = record(Node::DESCRIPTOR, Method::Get);
        assert_eq!(
            schema["required"],
            json!(["name", "size", "parent", "nodes"])
        );
        let parent = &schema["properties"]["parent"];
        assert_eq!(parent["type"], json!(["object", "null"]));
        assert_eq!(parent["required"], json!(["name", "size"]), "it ends there");
        let nodes = &schema["properties"]["nodes"];
        assert_eq!(nodes["items"]["properties"]["name"]["type"], "string");
        assert_eq!(schema["properties"]["size"], json!({"readOnly": true}));
    }

    #[test]
    fn input_says_what_is_required_and_what_there_is_not() {
        let post = input(Node::DESCRIPTOR, Method::Post).unwrap_or_default();
        assert_eq!(post["required"], json!(["name"]));
        assert_eq!(post["additionalProperties"], json!(false));
        let own = &post["properties"];
        let name = json!({"type": "string", "minLength": 1, "pattern": r"^(?!\.{1,2}$)"});
        assert_eq!(own["name"], name);
        assert_eq!(own["weight"], Value::Null, "read-only");
        assert_eq!(own["secret"]["writeOnly"], true);
        assert_eq!(own["parent"], Value::Null, "it is there already");
        assert_eq!(
            own["nodes"]["items"],
            json!({"type": "object", "title": "Node"})
        );
        for (method, required) in [(Method::Put, Value::Null), (Method::Patch, Value::Null)] {
            let input = input(Node::DESCRIPTOR, method).unwrap_or_default();
            assert_eq!(input["required"], required, "{method}");
            assert_eq!(input["properties"]["nodes"], Value::Null, "{method}");
        }
        assert_eq!(input(Node::DESCRIPTOR, Method::Delete), None);
    }
}
