//! Owns the tests that the rewritten schema means what the stranger wrote, and that its work is seen by the meter.
//! Does not know limits.

use serde_json::{Value, json};

use super::*;
use crate::contract::graph::Graph;
use crate::contract::meter::{self, Rates};
use crate::contract::metered::{Metered, MeteredJson};
use crate::contract::{cost, references, rewrite, survey};

const PLENTY: Rates = Rates {
    units: u64::MAX,
    bytes: u64::MAX,
    string_width: 0,
    name_width: 0,
    chain: 0,
    error_bytes: 0,
};

fn rewritten(schema: &Value) -> (Value, u64) {
    let mut graph = Graph::of(schema, survey::draft(schema).unwrap()).unwrap();
    references::resolve(&mut graph);
    let limits = Limits {
        in_place: u64::MAX,
        in_place_depth: u64::MAX,
        ..Limits::default()
    };
    let most = cost::in_place(&graph, &limits).unwrap();
    (rewrite::rewritten(&graph), most.report)
}

/// What the verdict and the report on `document` cost.
fn spent(schema: &Value, document: &Value) -> (u64, u64) {
    let validator = jsonschema::options_for::<MeteredJson>()
        .with_draft(survey::draft(schema).unwrap())
        .build(&rewritten(schema).0)
        .unwrap();
    let (_, verdict) = meter::within(PLENTY, || validator.is_valid(Metered::root(document)));
    let (_, report) = meter::within(PLENTY, || {
        validator.iter_errors(Metered::root(document)).count()
    });
    (PLENTY.units - verdict.units, PLENTY.units - report.units)
}

#[test]
fn subschemas_that_ask_nothing_are_seen() {
    let silent = [
        json!({}),
        json!(true),
        json!({"title": "x"}),
        json!({"properties": {}}),
        json!({"then": false}),
        json!({"default": 1}),
        json!({"allOf": [{}]}),
        json!({"$ref": "#/definitions/empty"}),
        json!({"uniqueItems": false}),
        json!({"required": []}),
        json!({"minContains": 0}),
        json!({"dependentSchemas": {}}),
    ];
    for silent in silent {
        let many = |last: Value| {
            let mut all = vec![silent.clone(); 100];
            all.push(last);
            Value::Array(all)
        };
        let never = Value::Array(vec![json!({"not": silent}); 100]);
        for body in [
            json!({"allOf": many(json!({}))}),
            json!({"anyOf": never}),
            json!({"oneOf": never}),
            json!({"if": {"allOf": many(json!({}))}, "then": {"allOf": many(json!({}))}}),
            json!({"dependentSchemas": {"a": {"allOf": many(json!({}))}}}),
        ] {
            let mut schema = json!({"$schema": "https://json-schema.org/draft/2020-12/schema", "definitions": {"empty": {}}, "items": body});
            let (verdict, _) = spent(&schema, &json!([{"a": 1}]));
            assert!(verdict >= 100, "{schema}: {verdict}");
            schema["unevaluatedItems"] = json!(false);
            assert!(spent(&schema, &json!([{"a": 1}])).1 >= 100, "{schema}");
        }
    }
}

#[test]
fn members_are_seen_even_under_no_schema() {
    let document = json!({"a": vec![0; 1_000]});
    for schema in [
        json!({"properties": {"a": {"items": {}, "minItems": 1}}}),
        json!({"additionalProperties": {"additionalItems": false, "items": [{}]}}),
    ] {
        assert!(spent(&schema, &document).1 > 0, "{schema}");
    }
    let contains = json!({"$schema": "http://json-schema.org/draft-07/schema#", "properties": {"a": {"contains": false}}});
    assert!(spent(&contains, &document).0 >= 1_000);
}

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    /// A schema whose references in place lead only to definitions of higher numbers.
    fn schema(&mut self, levels: u64, next: u64) -> Value {
        if levels == 0 || self.roll(12) == 0 {
            return match self.roll(9) {
                0 => json!({}),
                1 => json!({"type": "integer"}),
                2 => json!({"type": ["string", "object"]}),
                3 => json!({"minimum": 2}),
                4 => json!({"required": ["a"]}),
                5 => json!({"enum": [1, "x", null, [], {"a": 1}]}),
                6 => json!({"maxItems": 1, "maxProperties": 2}),
                7 => json!({"properties": {"a": {"$ref": "#/definitions/4"}, "b": {"$ref": "#"}}}),
                _ => json!({"$ref": format!("#/definitions/{}", next.min(5))}),
            };
        }
        let mut schema = json!({});
        for _ in 0..=self.roll(2) {
            let one = |dice: &mut Self| dice.schema(levels - 1, next);
            match self.roll(14) {
                0 => schema["allOf"] = json!([one(self), one(self)]),
                1 => schema["anyOf"] = json!([one(self), one(self), one(self)]),
                2 => schema["oneOf"] = json!([one(self), one(self)]),
                3 => schema["not"] = one(self),
                4 => {
                    schema["if"] = one(self);
                    schema["then"] = one(self);
                    schema["else"] = one(self);
                }
                5 => schema["properties"] = json!({"a": one(self), "b": one(self)}),
                6 => schema["additionalProperties"] = one(self),
                7 => schema["items"] = one(self),
                8 => schema["dependencies"] = json!({"a": one(self), "b": ["a"]}),
                9 => schema["patternProperties"] = json!({"^a": one(self)}),
                10 => schema["$ref"] = json!(format!("#/definitions/{}", next.min(5))),
                11 => schema["unevaluatedProperties"] = one(self),
                12 => schema["unevaluatedItems"] = one(self),
                _ => {
                    schema["contains"] = one(self);
                    schema["propertyNames"] = one(self);
                }
            }
        }
        schema
    }

    fn document(&mut self, levels: u64) -> Value {
        match self.roll(if levels == 0 { 5 } else { 9 }) {
            0 => json!(null),
            1 => json!(self.roll(4)),
            2 => json!(1.5),
            3 => json!("x"),
            4 => json!(true),
            5 | 6 => (0..self.roll(4))
                .map(|_| self.document(levels - 1))
                .collect(),
            _ => (0..self.roll(4))
                .map(|index| {
                    (
                        ["a", "b", "ab", "c"][usize::try_from(index).unwrap()].to_owned(),
                        self.document(levels - 1),
                    )
                })
                .collect::<serde_json::Map<_, _>>()
                .into(),
        }
    }
}

const DRAFTS: [&str; 5] = [
    "http://json-schema.org/draft-04/schema#",
    "http://json-schema.org/draft-06/schema#",
    "http://json-schema.org/draft-07/schema#",
    "https://json-schema.org/draft/2019-09/schema",
    "https://json-schema.org/draft/2020-12/schema",
];

fn random_schema(dice: &mut Dice) -> Value {
    let draft = DRAFTS[usize::try_from(dice.roll(5)).unwrap()];
    let mut schema = dice.schema(4, 0);
    let definitions: serde_json::Map<_, _> = (0..5)
        .map(|number| (number.to_string(), dice.schema(2, number + 1)))
        .chain([(
            "5".to_owned(),
            json!({"type": ["integer", "object", "array"]}),
        )])
        .collect();
    schema["definitions"] = definitions.into();
    schema["$schema"] = json!(draft);
    schema
}

#[test]
fn the_rewritten_schema_means_the_same() {
    let mut dice = Dice(1);
    let (mut valid, mut invalid) = (0, 0);
    for _ in 0..600 {
        let schema = random_schema(&mut dice);
        let Ok(ours) = Schema::compile(&schema.to_string(), &Limits::default()) else {
            continue;
        };
        let plain = jsonschema::options()
            .with_pattern_options(jsonschema::PatternOptions::regex())
            .should_validate_formats(true)
            .build(&schema)
            .unwrap();
        for _ in 0..15 {
            let document = dice.document(3);
            let expected = plain.iter_errors(&document).count();
            let found = violations(&ours, &document.to_string());
            assert_eq!(
                found.len(),
                expected,
                "{schema} against {document}: {found:?}"
            );
            if expected == 0 {
                valid += 1;
            } else {
                invalid += 1;
            }
        }
    }
    assert!(
        valid > 1_000 && invalid > 1_000,
        "{valid} valid, {invalid} invalid"
    );
}

#[test]
fn the_cost_on_one_instance_is_never_underestimated() {
    let mut dice = Dice(2);
    for _ in 0..1_500 {
        let schema = random_schema(&mut dice);
        if Schema::compile(&schema.to_string(), &Limits::default()).is_err() {
            continue;
        }
        // A scalar has no members, so all that is spent is spent on one instance.
        let document = dice.document(0);
        let bound = rewritten(&schema).1;
        let (verdict, report) = spent(&schema, &document);
        // A subschema here has at most five keywords of its own, each asks at most thrice, an error costs 44.
        assert!(verdict <= bound * 15, "{schema}: {verdict} > {bound}");
        assert!(
            report <= bound * (15 + 5 * 44),
            "{schema}: {report} > {bound}"
        );
    }
}

#[test]
fn the_cost_of_nested_choices_and_marking_is_never_underestimated() {
    let draft = "https://json-schema.org/draft/2020-12/schema";
    for keyword in ["anyOf", "oneOf", "allOf"] {
        for marks in [false, true] {
            let mut schema = json!({"type": "null"});
            for level in 1..9 {
                schema = json!({ keyword: [schema.clone(), {"minimum": 5}] });
                if marks {
                    schema["unevaluatedProperties"] = json!({"type": "null"});
                }
                let mut whole = schema.clone();
                whole["$schema"] = json!(draft);
                for document in [json!({"a": 1, "b": null}), json!(1)] {
                    let bound = rewritten(&whole).1;
                    let (verdict, report) = spent(&whole, &document);
                    println!("{keyword} {marks} {level}: {verdict} {report} of {bound}");
                    assert!(verdict <= bound * 10);
                    assert!(report <= bound * 60);
                }
            }
        }
    }
}
