//! Owns the tests of schemas made to do harm.
//! Does not know the documents they might be used on.

use super::*;

fn refused_soon(name: &str, schema: &str) -> Vec<Reason> {
    soon(name, || problem(schema).reasons)
}

fn refused_reference(schema: &str, reference: &str) {
    let found = refused_soon(reference, schema);
    assert!(
        matches!(&found[..], [Reason::Reference { reference: named, .. }] if named == reference),
        "{schema}: {found:?}"
    );
}

#[test]
fn references_that_leave_the_schema_are_refused() {
    for uri in [
        "file:///etc/passwd",
        "http://127.0.0.1:1/",
        "other.json",
        "//host/x",
        "ftp://x#/a",
        "http://json-schema.org/draft-04/schema",
        "urn:uuid:0",
    ] {
        refused_reference(&format!(r#"{{"$ref":"{uri}"}}"#), uri);
        refused_reference(
            &format!(r#"{{"properties":{{"a":{{"items":[{{"anyOf":[{{"$ref":"{uri}"}}]}}]}}}}}}"#),
            uri,
        );
        refused_reference(
            &format!(r#"{{"definitions":{{"unused":{{"not":{{"$ref":"{uri}"}}}}}}}}"#),
            uri,
        );
        for keyword in ["$ref", "$dynamicRef"] {
            refused_reference(
                &format!(
                    r#"{{"$schema":"https://json-schema.org/draft/2020-12/schema","$defs":{{"a":{{"if":{{"{keyword}":"{uri}"}}}}}}}}"#
                ),
                uri,
            );
        }
    }
    refused_reference(
        r##"{"id":"http://127.0.0.1:1/","properties":{"a":{"$ref":"other"}}}"##,
        "other",
    );
    refused_reference(
        r##"{"x":{"$ref":"http://127.0.0.1/"},"properties":{"a":{"$ref":"#/x"}}}"##,
        "http://127.0.0.1/",
    );
    let found = refused_soon(
        "$recursiveRef",
        r#"{"$schema":"https://json-schema.org/draft/2019-09/schema","$recursiveRef":"http://x/"}"#,
    );
    assert!(
        found
            .iter()
            .any(|reason| matches!(reason, Reason::Reference { .. }))
    );
}

#[test]
fn references_to_nothing_are_refused() {
    for reference in ["#/definitions/missing", "#missing", "#/type", "#/%zz"] {
        refused_reference(
            &format!(r#"{{"type":"object","properties":{{"a":{{"$ref":"{reference}"}}}}}}"#),
            reference,
        );
    }
    refused_reference(
        r##"{"definitions":{"a":{"id":"x"},"b":{"id":"x"}},"items":{"$ref":"x"}}"##,
        "x",
    );
}

#[test]
fn a_dynamic_reference_with_several_anchors_is_refused() {
    refused_reference(
        r##"{"$schema":"https://json-schema.org/draft/2020-12/schema","$dynamicAnchor":"a",
        "$defs":{"b":{"$id":"b","$dynamicAnchor":"a","items":{"$dynamicRef":"#a"}}}}"##,
        "#a",
    );
}

#[test]
fn schemas_that_apply_themselves_to_the_same_instance_are_refused() {
    let newer = r#""$schema":"https://json-schema.org/draft/2020-12/schema","#;
    for schema in [
        r##"{"$ref":"#"}"##.to_owned(),
        r##"{"allOf":[{"$ref":"#"}]}"##.to_owned(),
        r##"{"anyOf":[{"type":"null"},{"oneOf":[{"$ref":"#"}]}]}"##.to_owned(),
        r##"{"not":{"$ref":"#"}}"##.to_owned(),
        r##"{"dependencies":{"a":{"$ref":"#"}}}"##.to_owned(),
        r##"{"definitions":{"a":{"$ref":"#/definitions/b"},"b":{"allOf":[{"$ref":"#/definitions/a"}]}}}"##.to_owned(),
        r##"{"definitions":{"a":{"$ref":"#/definitions/b"},"b":{"$ref":"#/definitions/a"}},"items":{"$ref":"#/definitions/a"}}"##.to_owned(),
        format!(r##"{{{newer}"if":{{"$ref":"#"}}}}"##),
        format!(r##"{{{newer}"if":true,"then":{{"$ref":"#"}}}}"##),
        format!(r##"{{{newer}"if":true,"else":{{"$ref":"#"}}}}"##),
        format!(r##"{{{newer}"dependentSchemas":{{"a":{{"$ref":"#"}}}}}}"##),
        format!(r##"{{{newer}"$dynamicAnchor":"a","$dynamicRef":"#a"}}"##),
        r##"{"$schema":"https://json-schema.org/draft/2019-09/schema","$recursiveRef":"#"}"##.to_owned(),
    ] {
        let found = refused_soon("cycle", &schema);
        assert!(matches!(&found[..], [Reason::Cycle(_)]), "{schema}: {found:?}");
        assert!(problem(&schema).to_string().starts_with("reference cycle: #"));
    }
}

/// Forty levels, each of which applies the next twice.
fn doubling(keyword: &str, head: &str) -> String {
    let mut definitions: Vec<_> = (0..40)
        .map(|level| {
            let next = format!(r##"{{"$ref":"#/definitions/{}"}}"##, level + 1);
            format!(r#""{level}":{{"{keyword}":[{next},{next}]}}"#)
        })
        .collect();
    definitions.push(r#""40":{"type":"integer"}"#.to_owned());
    format!(
        r##"{{{head}"definitions":{{{}}},"allOf":[{{"$ref":"#/definitions/0"}}]}}"##,
        definitions.join(",")
    )
}

#[test]
fn schemas_that_double_at_every_level_are_refused() {
    let newer = r#""$schema":"https://json-schema.org/draft/2020-12/schema","unevaluatedProperties":false,"#;
    for keyword in ["allOf", "anyOf", "oneOf"] {
        for head in ["", newer] {
            let found = refused_soon("doubling", &doubling(keyword, head));
            assert!(matches!(&found[..], [Reason::TooDear(_)]), "{found:?}");
        }
    }
}

#[test]
fn long_chains_on_one_instance_are_refused() {
    let links: Vec<_> = (0..4_000)
        .map(|link| {
            format!(
                r##""{link}":{{"allOf":[{{"$ref":"#/definitions/{}"}}]}}"##,
                link + 1
            )
        })
        .collect();
    let schema = format!(r##"{{"definitions":{{{},"4000":{{}}}}}}"##, links.join(","));
    assert!(matches!(
        &refused_soon("chain of allOf", &schema)[..],
        [Reason::TooDear(_)]
    ));
    let links: Vec<_> = (0..6_000)
        .map(|link| format!(r##""{link}":{{"$ref":"#/definitions/{}"}}"##, link + 1))
        .collect();
    let schema = format!(r##"{{"definitions":{{{},"6000":{{}}}}}}"##, links.join(","));
    assert!(matches!(
        &refused_soon("chain of $ref", &schema)[..],
        [Reason::TooDear(_)]
    ));
}

#[test]
fn patterns_out_of_linear_time_or_size_are_refused() {
    for pattern in [
        "(a{1000}){1000}",
        "(?=a)b",
        "(?<!a)b",
        r"(a)\\1",
        "(",
        r"\\p{NoSuchClass}",
    ] {
        for schema in [
            format!(r#"{{"items":{{"pattern":"{pattern}"}}}}"#),
            format!(r#"{{"patternProperties":{{"{pattern}":{{}}}}}}"#),
        ] {
            let found = refused_soon(pattern, &schema);
            assert!(
                matches!(&found[..], [Reason::Pattern { .. }]),
                "{schema}: {found:?}"
            );
        }
    }
}

#[test]
fn many_patterns_are_refused() {
    for pattern in ["a{1900}", r"\\p{L}+", "x"] {
        let all: Vec<_> = (0..8_000)
            .map(|index| format!(r#"{{"pattern":"{index}{pattern}"}}"#))
            .collect();
        let schema = format!(r#"{{"anyOf":[{}]}}"#, all.join(","));
        let found = refused_soon(pattern, &schema);
        assert!(
            matches!(found.last(), Some(Reason::TooDear(_))),
            "{found:?}"
        );
    }
}

#[test]
fn deep_schemas_are_refused_before_they_are_parsed() {
    for levels in [10_000, 1_000_000] {
        let schema = r#"{"items":"#.repeat(levels) + "{}" + &"}".repeat(levels);
        // A large one is refused for its size, a small one for its depth.
        let limits = Limits {
            schema_bytes: 100_000_000,
            ..Limits::default()
        };
        let found = soon("deep schema", || {
            Schema::compile(&schema, &limits).err().unwrap()
        });
        assert_eq!(found.reasons, [Reason::TooDeep(127)]);
    }
}

#[test]
fn schemas_as_deep_as_allowed_compile_on_a_small_stack() {
    for (open, close) in [
        (r#"{"items":"#, "}"),
        (r#"{"additionalProperties":"#, "}"),
        (r#"{"items":[{"x":1},"#, "]}"),
    ] {
        let levels = 126 / open.matches(['{', '[']).count().min(2);
        let schema = open.repeat(levels) + r##"{"$ref":"#"}"## + &close.repeat(levels);
        soon("deepest schema", || drop(compiled(&schema)));
        let newer = schema
            .replacen(
                '{',
                r#"{"$schema":"https://json-schema.org/draft/2020-12/schema","#,
                1,
            )
            .replace("\"items\":[{\"x\":1},", "\"prefixItems\":[{\"x\":1},");
        soon("deepest schema, 2020-12", || drop(compiled(&newer)));
    }
}

#[test]
fn schemas_of_the_largest_size_take_little_time() {
    let fill = |piece: &dyn Fn(usize) -> String, open: &str, close: &str| {
        let mut schema = open.to_owned();
        for index in 0.. {
            let piece = piece(index);
            if schema.len() + piece.len() + close.len() + 1 > 256 * 1024 {
                break;
            }
            if index > 0 {
                schema.push(',');
            }
            schema.push_str(&piece);
        }
        schema + close
    };
    let long = "n".repeat(120_000);
    let cases = [
        (
            "properties",
            fill(
                &|index| format!(r#""{index}":{{}}"#),
                r#"{"properties":{"#,
                "}}",
            ),
        ),
        (
            "typed properties",
            fill(
                &|index| format!(r#""{index}":{{"type":"string"}}"#),
                r#"{"properties":{"#,
                "}}",
            ),
        ),
        (
            "long name",
            fill(
                &|index| format!(r#""{index}":{{"type":"null"}}"#),
                &format!(r#"{{"properties":{{"{long}":{{"properties":{{"#),
                "}}}}",
            ),
        ),
        (
            "long id",
            fill(
                &|index| format!(r#""{index}":{{"id":"{index}"}}"#),
                r#"{"id":"http://x/","definitions":{"#,
                "}}",
            ),
        ),
        (
            "definitions",
            fill(
                &|index| format!(r##""{index}":{{"$ref":"#/definitions/{}"}}"##, index / 2),
                r#"{"properties":{"#,
                r#"},"definitions":{"0":{}}}"#,
            )
            .replace(r##""$ref":"#/definitions/"##, r##""x":"#/"##),
        ),
        (
            "enum",
            fill(&|index| format!("[{index},{{}}]"), r#"{"enum":["#, "]}"),
        ),
        (
            "required",
            fill(&|index| format!(r#""{index}""#), r#"{"required":["#, "]}"),
        ),
        (
            "unknown keywords",
            fill(&|index| format!(r#""k{index}":[{{}}]"#), "{", "}"),
        ),
        (
            "errors",
            fill(
                &|index| format!(r#""{index}":{{"type":1}}"#),
                r#"{"properties":{"#,
                "}}",
            ),
        ),
        (
            "nested errors",
            r#"{"items":[{"items":[{"not":"#.repeat(24)
                + &fill(&|_| "{\"type\":0}".to_owned(), r#"{"anyOf":["#, "]}")[..200_000]
                + r#"{"type":0}]}"#
                + &"}]}]}".repeat(24),
        ),
        (
            "unevaluated",
            fill(
                &|_| r#"{"unevaluatedProperties":false}"#.to_owned(),
                r#"{"$schema":"https://json-schema.org/draft/2020-12/schema","unevaluatedProperties":false,"allOf":["#,
                "]}",
            ),
        ),
        (
            "not",
            r#"{"not":"#.repeat(47)
                + &fill(
                    &|index| format!(r#"{{"minimum":{index}}}"#),
                    r#"{"allOf":["#,
                    "]}",
                )[..200_000]
                + r#"{}]}"#
                + &"}".repeat(47),
        ),
    ];
    for (name, schema) in &cases {
        soon(name, || {
            drop(Schema::compile(
                schema,
                &Limits {
                    schema_bytes: 300_000,
                    ..Limits::default()
                },
            ))
        });
    }
}
