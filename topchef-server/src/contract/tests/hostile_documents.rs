//! Owns the tests of documents made to do harm, with the schemas that would help them.
//! Does not know schemas that are refused by themselves.

#![expect(
    clippy::needless_raw_string_hashes,
    reason = "references contain hashes, so schemas are written alike"
)]

use super::*;

fn too_dear(name: &str, schema: &str, document: &str) {
    let schema = compiled_for_build(schema);
    let result = soon(name, || schema.validate(document));
    assert!(
        matches!(result, Err(ValidateError::TooDear(_))),
        "{name}: {:?}",
        result.is_ok()
    );
}

fn ends_soon(name: &str, schema: &str, document: &str) -> Result<(), ValidateError> {
    let schema = compiled_for_build(schema);
    soon(name, || schema.validate(document))
}

/// The same with all the work that is allowed, also in a debug build.
fn ends_soon_in_full(name: &str, schema: &str, document: &str) -> Result<(), ValidateError> {
    let schema = compiled(schema);
    soon(name, || schema.validate(document))
}

fn listed(result: Result<(), ValidateError>) -> Vec<Violation> {
    match result {
        Err(ValidateError::Violations(violations)) => violations,
        other => panic!("{other:?}"),
    }
}

fn numbers(count: usize) -> String {
    let numbers: Vec<_> = (0..count).map(|index| index.to_string()).collect();
    format!("[{}]", numbers.join(","))
}

#[test]
fn deep_documents_are_refused_before_they_are_parsed() {
    for levels in [10_000, 1_000_000] {
        for open in ["[", r#"{"a":"#] {
            let result = ends_soon("deep document", "{}", &open.repeat(levels));
            assert_eq!(result, Err(ValidateError::TooDeep(127)));
        }
    }
}

#[test]
fn a_document_that_doubles_the_work_at_every_level_is_refused() {
    let nested = "[".repeat(60) + &"]".repeat(60);
    for (schema, document) in [
        (
            r##"{"allOf":[{"items":{"$ref":"#"}},{"items":{"$ref":"#"}}]}"##,
            &nested,
        ),
        (
            r##"{"anyOf":[{"items":{"$ref":"#"},"maxItems":0},{"items":{"$ref":"#"},"maxItems":1}],"type":"array"}"##,
            &nested,
        ),
        (
            r##"{"oneOf":[{"items":{"$ref":"#"},"minItems":1},{"items":{"$ref":"#"},"minItems":1}]}"##,
            &nested,
        ),
        (
            r##"{"$schema":"https://json-schema.org/draft/2020-12/schema","unevaluatedItems":false,"anyOf":[{"items":{"$ref":"#"}},{"items":{"$ref":"#"}}]}"##,
            &nested,
        ),
    ] {
        // The validator remembers some verdicts, so it may even get through; it must only not hang.
        let result = ends_soon(&schema[..40.min(schema.len())], schema, document);
        println!(
            "{}",
            result.map_or_else(
                |error| error.to_string()[..60.min(error.to_string().len())].to_owned(),
                |()| "valid".to_owned()
            )
        );
    }
}

#[test]
fn the_sum_of_the_work_is_bounded() {
    let branches: Vec<_> = (0..1_000)
        .map(|index| format!(r#"{{"minimum":{}}}"#, 10_000_000 + index))
        .collect();
    let schema = format!(r#"{{"items":{{"anyOf":[{},{{}}]}}}}"#, branches.join(","));
    too_dear(
        "1,000 branches for 100,000 numbers",
        &schema,
        &numbers(100_000),
    );
    let empty = vec!["{}"; 10_000].join(",");
    too_dear(
        "10,000 empty schemas for 100,000 numbers",
        &format!(r#"{{"items":{{"allOf":[{empty}]}}}}"#),
        &numbers(100_000),
    );
    let no = vec!["false"; 10_000].join(",");
    let schema = format!(
        r#"{{"$schema":"http://json-schema.org/draft-07/schema#","items":{{"anyOf":[{no},true]}}}}"#
    );
    too_dear(
        "10,000 false schemas for 100,000 numbers",
        &schema,
        &numbers(100_000),
    );
    let wide: Vec<_> = (0..3_000)
        .map(|index| format!(r#"{{"properties":{{"a{index}":{{}}}}}}"#))
        .collect();
    let schema = format!(r#"{{"items":{{"allOf":[{}]}}}}"#, wide.join(","));
    too_dear(
        "3,000 schemas for 50,000 objects",
        &schema,
        &format!("[{}]", vec!["{}"; 50_000].join(",")),
    );
    let deep = r#"{"items":{"allOf":["#.to_owned()
        + &vec![r#"{"allOf":[{"allOf":[{"allOf":[{"allOf":[{}]}]}]}]}"#; 3_000].join(",")
        + "]}}";
    too_dear(
        "3,000 wrapped schemas for 50,000 numbers",
        &deep,
        &numbers(50_000),
    );
}

#[test]
fn what_waits_at_every_level_stops_soon() {
    let waiting = |count| vec![r#"{"type":"null"}"#; count].join(",");
    let schema = |count| {
        format!(
            r##"{{"anyOf":[{{"items":{{"$ref":"#"}},"maxItems":0}},{}]}}"##,
            waiting(count)
        )
    };
    let nested = "[".repeat(126) + "0" + &"]".repeat(126);
    too_dear(
        "8,000 branches waiting at 126 levels",
        &schema(8_000),
        &nested,
    );
    let result = ends_soon("200 branches waiting at 126 levels", &schema(200), &nested);
    assert!(result.is_err());
    // The pointer of every error would hold the name.
    let name = "n".repeat(1_000_000);
    let document = format!(r#"{{"{name}":[0,0,0]}}"#);
    let schema = format!(
        r#"{{"additionalProperties":{{"items":{{"anyOf":[{}]}}}}}}"#,
        waiting(8_000)
    );
    too_dear("8,000 branches under a name of 1 MB", &schema, &document);
}

#[test]
fn patterns_take_linear_time() {
    let text = format!("{:?}", "a".repeat(100_000) + "!");
    let found = listed(ends_soon("^(a+)+$", r#"{"pattern":"^(a+)+$"}"#, &text));
    assert_eq!(found.len(), 1);
    assert!(found[0].message.len() < 200);
    // The number of states doubles with each position and the text visits them all, so the lazy DFA gives up.
    let mut state = 1_u32;
    let mixed: String = (0..100_000)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            if state >> 31 == 0 { 'a' } else { 'b' }
        })
        .collect();
    for width in [20, 100, 350, 1_990] {
        for (length, pattern) in [
            (100_000, format!("^[ab]*a[ab]{{{width}}}x?y$")),
            (100_000, format!("^([ab]*a[ab]{{{width}}}|x)$")),
            (
                39_000_000 / (width + 4) / 2,
                format!("a[ab]{{{width}}}[^ab]"),
            ),
        ] {
            let schema = format!(r#"{{"pattern":"{pattern}"}}"#);
            let text = format!("{:?}", &mixed[..mixed.len().min(length)]);
            let _ = ends_soon_in_full(&pattern, &schema, &text);
        }
    }
    let text = format!("{:?}", "ab".repeat(50_000));
    let patterns: Vec<_> = (0..90)
        .map(|index| format!(r#"{{"pattern":"^(x{index})?[ab]*[ab]{{90}}$"}}"#))
        .collect();
    let schema = format!(r#"{{"items":{{"allOf":[{}]}}}}"#, patterns.join(","));
    let texts = format!("[{}]", [text.as_str(); 10].join(","));
    too_dear(
        "90 patterns for ten texts of 100,000 characters",
        &schema,
        &texts,
    );
    let names: Vec<_> = (0..50)
        .map(|index| format!(r#""[ab]*a[ab]{{90}}{index}":{{}}"#))
        .collect();
    let schema = format!(r#"{{"patternProperties":{{{}}}}}"#, names.join(","));
    let result = ends_soon("50 patterns for a name", &schema, &format!("{{{text}:1}}"));
    assert!(matches!(result, Err(ValidateError::TooDear(_))) || result.is_ok());
}

#[test]
fn formats_take_linear_time() {
    let texts = [
        "a".repeat(1_000_000),
        "(".repeat(1_000_000),
        "a.".repeat(500_000),
        "@".repeat(1_000_000),
        "1:".repeat(500_000),
        "a@".to_owned() + &"b".repeat(1_000_000),
        "/~".repeat(500_000),
        "{a}".repeat(300_000),
        "P1Y".repeat(300_000),
        "[a".repeat(500_000),
    ];
    for format in [
        "date-time",
        "date",
        "time",
        "email",
        "hostname",
        "ipv4",
        "ipv6",
        "uri",
        "uri-reference",
        "iri",
        "iri-reference",
        "uri-template",
        "json-pointer",
        "relative-json-pointer",
        "regex",
        "uuid",
        "duration",
        "idn-email",
        "idn-hostname",
    ] {
        let schema = compiled(&format!(
            r#"{{"$schema":"https://json-schema.org/draft/2020-12/schema","format":"{format}"}}"#
        ));
        soon(format, || {
            for text in &texts {
                let _ = schema.validate(&format!("{text:?}"));
            }
        });
    }
}

#[test]
fn unique_items_take_linear_time() {
    let schema = r#"{"uniqueItems":true}"#;
    assert_eq!(
        ends_soon_in_full("200,000 numbers", schema, &numbers(200_000)),
        Ok(())
    );
    let far: Vec<_> = (0..100_000)
        .map(|index| format!("1e{}", 400 + index))
        .collect();
    assert_eq!(
        ends_soon_in_full("numbers past f64", schema, &format!("[{}]", far.join(","))),
        Ok(())
    );
    let alike: Vec<_> = (0..50_000)
        .map(|index| format!("0.1000000000000000000000{index}1"))
        .collect();
    assert_eq!(
        ends_soon_in_full(
            "numbers alike as f64",
            schema,
            &format!("[{}]", alike.join(","))
        ),
        Ok(())
    );
    let nested = format!("[{},{}]", numbers(100_000), numbers(100_001));
    assert_eq!(
        ends_soon_in_full("two long arrays", schema, &nested),
        Ok(())
    );
    // Each level is looked at by all levels above it.
    let nested = "[".repeat(120) + &numbers(100_000) + &"]".repeat(120);
    let _ = ends_soon_in_full(
        "unique at every level",
        r##"{"uniqueItems":true,"items":{"$ref":"#"}}"##,
        &nested,
    );
}

#[test]
fn numbers_of_many_digits_are_bounded() {
    let far: Vec<_> = (0..50_000)
        .map(|index| format!("3e-{}", 9_000 + index % 900))
        .collect();
    let far = format!("[{}]", far.join(","));
    for schema in [
        r#"{"items":{"multipleOf":1e-9000}}"#,
        r#"{"items":{"multipleOf":0.3}}"#,
        r#"{"items":{"minimum":0.1}}"#,
        r#"{"items":{"enum":[0.1, 3e-9999, "x"]}}"#,
        r#"{"items":{"type":"integer"}}"#,
    ] {
        let _ = ends_soon(schema, schema, &far);
    }
    let long: Vec<_> = (0..5_000)
        .map(|index| format!("{}.{index}", "7".repeat(990)))
        .collect();
    let long = format!("[{}]", long.join(","));
    for schema in [
        r#"{"items":{"multipleOf":0.7}}"#,
        r#"{"items":{"maximum":0.1}}"#,
        r#"{"items":{"type":"integer"}}"#,
    ] {
        let _ = ends_soon(schema, schema, &long);
    }
}

#[test]
fn large_constants_are_compared_within_the_count() {
    let constant = numbers(20_000);
    let schema = format!(r#"{{"items":{{"enum":[{constant}, 1]}}}}"#);
    let document = format!("[{}]", vec![constant.replace("19999", "0"); 60].join(","));
    let _ = ends_soon("a constant of 20,000 numbers, 60 times", &schema, &document);
}

#[test]
fn the_number_of_violations_is_bounded() {
    let strings = r#"{"items":{"type":"string"}}"#;
    let found = listed(ends_soon("500 violations", strings, &numbers(500)));
    assert_eq!(found.len(), 101);
    assert_eq!(found[100].message, "there are 400 more violations");
    assert_eq!(found[99].pointer, "/99");
    let found = listed(ends_soon(
        "1,000,000 violations",
        strings,
        &numbers(1_000_000),
    ));
    assert_eq!(found.len(), 101);
    assert_eq!(
        found[100].message,
        "there are more violations, too many to list"
    );
}

#[test]
fn violations_far_down_a_long_document_are_found() {
    let document = numbers(500_000).replace(",499998,", r#","x","#);
    let found = listed(ends_soon_in_full(
        "one wrong of 500,000",
        r#"{"items":{"type":"integer"}}"#,
        &document,
    ));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].pointer, "/499998");
}

#[test]
fn violations_are_small_however_large_the_values() {
    let text = format!("{:?}", "x".repeat(1_000_000));
    let found = listed(ends_soon("a long string", r#"{"type":"integer"}"#, &text));
    assert!(found[0].message.len() < 200);
    assert!(found[0].message.ends_with(r#"is not of type "integer""#));
    let branches = vec![r#"{"type":"null"}"#; 5_000].join(",");
    let schema = format!(r#"{{"anyOf":[{branches}]}}"#);
    let found = listed(ends_soon(
        "5,000 branches for 1 MB",
        &schema,
        &numbers(150_000),
    ));
    assert_eq!(found[0].context.len(), 21);
    assert_eq!(found[0].context[20], "and others");
    let name = "n".repeat(1_000_000);
    let document = format!(r#"{{"{name}":{}}}"#, numbers(10_000));
    let found = listed(ends_soon(
        "10,000 violations under a name of 1 MB",
        r#"{"additionalProperties":{"items":{"type":"null"}}}"#,
        &document,
    ));
    assert!(!found.is_empty());
    assert!(
        found
            .iter()
            .all(|violation| violation.pointer.chars().count() <= 401)
    );
    let extra: Vec<_> = (0..100_000)
        .map(|index| format!(r#""{index}":1"#))
        .collect();
    let found = listed(ends_soon(
        "100,000 extra properties",
        r#"{"additionalProperties":false}"#,
        &format!("{{{}}}", extra.join(",")),
    ));
    assert!(found[0].message.chars().count() <= 401);
    let large = format!(
        r#"{{"items":{{"not":{{"enum":[{},1]}}}}}}"#,
        numbers(30_000)
    );
    let found = listed(ends_soon(
        "a large schema under not",
        &large,
        &format!("[{}]", vec!["1"; 20_000].join(",")),
    ));
    assert!(found[0].message.len() < 200);
}

#[test]
fn choices_nested_in_choices_are_reported_within_the_count() {
    let nested = "[".repeat(120) + "0" + &"]".repeat(120);
    let schema = r##"{"anyOf":[{"type":"array","items":{"$ref":"#"}},{"type":"object"},{"type":"array","items":{"$ref":"#"},"minItems":1}]}"##;
    let found = listed(ends_soon("choices at 120 levels", schema, &nested));
    assert!(!found.is_empty());
}

#[test]
fn deep_documents_under_long_chains_have_stack_enough() {
    let links: Vec<_> = (0..40)
        .map(|link| {
            format!(
                r##""{link}":{{"allOf":[{{"$ref":"#/definitions/{}"}}]}}"##,
                link + 2
            )
        })
        .collect();
    let schema = format!(
        r##"{{"definitions":{{{},"40":{{}},"41":{{"additionalProperties":{{"$ref":"#/definitions/0"}},"items":{{"$ref":"#/definitions/0"}}}}}},"allOf":[{{"$ref":"#/definitions/1"}}],"items":{{"$ref":"#/definitions/1"}}}}"##,
        links.join(",").replace(r##""39":{"allOf":[{"$ref":"#/definitions/41"}]}"##, r##""39":{"allOf":[{"items":{"$ref":"#/definitions/1"},"additionalProperties":{"$ref":"#/definitions/1"}}]}"##),
    );
    let document = "[".repeat(127) + &"]".repeat(127);
    assert_eq!(
        ends_soon("40 links at 127 levels", &schema, &document),
        Ok(())
    );
    let document = r#"{"a":"#.repeat(126) + "{}" + &"}".repeat(126);
    assert_eq!(
        ends_soon("40 links at 127 levels of objects", &schema, &document),
        Ok(())
    );
}

#[test]
fn deep_documents_have_stack_enough_under_every_keyword() {
    let arrays = "[".repeat(127) + &"]".repeat(127);
    let objects = r#"{"a":"#.repeat(126) + "{}" + &"}".repeat(126);
    let again = r##"{"$ref":"#/definitions/again"}"##;
    for draft in [
        "http://json-schema.org/draft-04/schema",
        "http://json-schema.org/draft-07/schema",
        "https://json-schema.org/draft/2020-12/schema",
    ] {
        for descends in [
            "items",
            "contains",
            "additionalProperties",
            "unevaluatedProperties",
            "unevaluatedItems",
            "properties",
            "patternProperties",
        ] {
            let member = if descends.starts_with('p') {
                format!(r#"{{"a":{again}}}"#)
            } else {
                again.to_owned()
            };
            let leaf = format!(r#"{{"{descends}":{member},"maxItems":1}}"#);
            for way in [
                leaf.clone(),
                format!(r#"{{"allOf":[{leaf}]}}"#),
                format!(r#"{{"anyOf":[{{"type":"null"}},{leaf},{{"minItems":7}}]}}"#),
                format!(r#"{{"oneOf":[{{"type":"null"}},{leaf}]}}"#),
                format!(r#"{{"not":{{"not":{leaf}}}}}"#),
                format!(r#"{{"if":{leaf},"then":{{"maxItems":1}},"else":{{"type":"null"}}}}"#),
                format!(
                    r#"{{"dependencies":{{"a":{leaf}}},"anyOf":[{{"oneOf":[{{"allOf":[{leaf}]}}]}}]}}"#
                ),
            ] {
                let schema = format!(
                    r##"{{"$schema":"{draft}","definitions":{{"again":{way}}},"allOf":[{again}]}}"##
                );
                let Ok(schema) = Schema::compile(&schema, &Limits::default()) else {
                    continue;
                };
                let (arrays, objects) = (&arrays, &objects);
                soon("", move || {
                    let _ = schema.validate(arrays);
                    let _ = schema.validate(objects);
                    // The same as deep as fits on an ordinary stack.
                    for levels in [5, 10, 20, 30, 50, 90] {
                        let _ = schema.validate(&("[".repeat(levels) + "0" + &"]".repeat(levels)));
                        let _ = schema
                            .validate(&(r#"{"a":"#.repeat(levels) + "0" + &"}".repeat(levels)));
                    }
                });
            }
        }
    }
}

#[test]
fn large_documents_of_ordinary_services_are_validated() {
    let schema = r##"{"type":"object","properties":{"traces":{"type":"array","items":{"$ref":"#/definitions/trace"}}},"required":["traces"],
        "definitions":{"trace":{"type":"object","properties":{"t":{"type":"number"},"v":{"type":"number"},"unit":{"type":"string","pattern":"^[a-zA-Z/]+$"},"tags":{"type":"array","items":{"type":"string"},"uniqueItems":true}},"required":["t","v"],"additionalProperties":false}}}"##;
    let trace = r#"{"t":0.00012,"v":-1.5e-3,"unit":"mV","tags":["a","b"]}"#;
    let document = format!(r#"{{"traces":[{}]}}"#, vec![trace; 50_000].join(","));
    let traces = ends_soon_in_full("50,000 traces", schema, &document);
    assert_eq!(traces, Ok(()));
    let schema = r#"{"type":"array","items":{"type":"number","minimum":0}}"#;
    let many = ends_soon_in_full("1,000,000 numbers", schema, &numbers(1_000_000));
    assert_eq!(many, Ok(()));
}

#[test]
fn what_is_not_json_is_said() {
    let schema = compiled("{}");
    for text in ["", "{", "NaN", "[1,]", "1 2", "\u{feff}1"] {
        assert!(
            matches!(schema.validate(text), Err(ValidateError::NotJson(_))),
            "{text}"
        );
    }
}
