//! Owns the tests of schemas made to do harm.
//! Does not know the documents they might be used on.

#![expect(
    clippy::needless_raw_string_hashes,
    reason = "references contain hashes, so schemas are written alike"
)]

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

/// A schema of nearly 256 KiB: `open`, as many pieces as fit, `close`.
fn filled(open: &str, piece: impl Fn(usize) -> String, close: &str) -> String {
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
}

fn ends_soon(name: &str, schema: &str) -> Option<Vec<Reason>> {
    let reasons = soon(name, || {
        Schema::compile(schema, &Limits::default())
            .err()
            .map(|problem| problem.reasons)
    });
    let is_json = !matches!(reasons.as_deref(), Some([Reason::NotJson(_)]));
    assert!(is_json, "{name}: {reasons:?}");
    reasons
}

#[test]
fn schemas_of_the_largest_size_take_little_time() {
    let long = "n".repeat(120_000);
    let under_long = format!(r#"{{"properties":{{"{long}":{{"properties":{{"#);
    for (name, schema) in [
        (
            "empty properties",
            filled(
                r#"{"properties":{"#,
                |index| format!(r#""{index}":{{}}"#),
                "}}",
            ),
        ),
        (
            "typed properties",
            filled(
                r#"{"properties":{"#,
                |index| format!(r#""{index}":{{"type":"string"}}"#),
                "}}",
            ),
        ),
        (
            "properties under a long name",
            filled(
                &under_long,
                |index| format!(r#""{index}":{{"type":"null"}}"#),
                "}}}}",
            ),
        ),
        (
            "references",
            filled(
                r#"{"definitions":{"a":{}},"properties":{"#,
                |index| format!(r##""{index}":{{"$ref":"#/definitions/a"}}"##),
                "}}",
            ),
        ),
        (
            "definitions",
            filled(
                r#"{"definitions":{"0":{"#,
                |index| {
                    format!(
                        r##""x":1}},"{}":{{"items":{{"$ref":"#/definitions/{index}"}}"##,
                        index + 1
                    )
                },
                "}}}",
            ),
        ),
        (
            "enum",
            filled(r#"{"enum":["#, |index| format!("[{index},{{}}]"), "]}"),
        ),
        (
            "required",
            filled(r#"{"required":["#, |index| format!(r#""{index}""#), "]}"),
        ),
        (
            "unknown keywords",
            filled("{", |index| format!(r#""k{index}":[{{}}]"#), "}"),
        ),
    ] {
        assert_eq!(ends_soon(name, &schema), None, "{name}");
    }
}

#[test]
fn schemas_of_the_largest_size_are_refused_soon_if_they_are() {
    let long = "n".repeat(120_000);
    let newer = r#"{"$schema":"https://json-schema.org/draft/2020-12/schema","#;
    for (name, schema) in [
        (
            "many names of their own",
            filled(
                r#"{"id":"http://x/","definitions":{"#,
                |index| format!(r#""{index}":{{"id":"{index}"}}"#),
                "}}",
            ),
        ),
        (
            "long names of their own",
            filled(
                &format!(r#"{{"id":"http://x/{long}/","definitions":{{"#),
                |index| format!(r#""{index}":{{"id":"{index}"}}"#),
                "}}",
            ),
        ),
        (
            "anchors",
            filled(
                &format!(r##"{newer}"$ref":"#1","$defs":{{"##),
                |index| format!(r#""{index}":{{"$anchor":"a{index}"}}"#),
                "}}",
            ),
        ),
        (
            "branches",
            filled(
                r#"{"anyOf":["#,
                |index| format!(r#"{{"minimum":{index}}}"#),
                "]}",
            ),
        ),
        (
            "discriminated branches",
            filled(
                &format!(r#"{newer}"oneOf":["#),
                |index| {
                    format!(r#"{{"required":["a"],"properties":{{"a":{{"const":"{index}"}}}}}}"#)
                },
                "]}",
            ),
        ),
        (
            "unevaluated",
            filled(
                &format!(r#"{newer}"unevaluatedProperties":false,"allOf":["#),
                |_| r#"{"unevaluatedProperties":false}"#.to_owned(),
                "]}",
            ),
        ),
        (
            "under 40 times not",
            filled(
                &(r#"{"not":"#.repeat(40) + r#"{"items":["#),
                |index| format!(r#"{{"minimum":{index}}}"#),
                &("]}".to_owned() + &"}".repeat(40)),
            ),
        ),
    ] {
        ends_soon(name, &schema);
    }
}

#[test]
fn the_reasons_are_bounded() {
    let many = filled(
        r#"{"properties":{"#,
        |index| format!(r#""{index}":{{"type":1}}"#),
        "}}",
    );
    assert!(ends_soon("many errors", &many).unwrap().len() <= 101);
    let open = r#"{"items":[{"items":[{"not":"#.repeat(24) + r#"{"anyOf":["#;
    let close = "]}".to_owned() + &"}]}]}".repeat(24);
    let nested = filled(&open, |_| r#"{"type":0}"#.to_owned(), &close);
    assert!(!ends_soon("nested errors", &nested).unwrap().is_empty());
    for draft in [
        "http://json-schema.org/draft-07/schema",
        "https://json-schema.org/draft/2020-12/schema",
    ] {
        let open = format!(r#"{{"$schema":"{draft}","allOf":[{open}"#);
        let nested = filled(
            &open,
            |_| r#"{"type":0}"#.to_owned(),
            &(close.clone() + "]}"),
        );
        assert!(!ends_soon("nested errors", &nested).unwrap().is_empty());
    }
    let references = filled(
        r#"{"properties":{"#,
        |index| format!(r#""{index}":{{"$ref":"http://{index}/"}}"#),
        "}}",
    );
    assert!(ends_soon("many references", &references).unwrap().len() <= 101);
    let patterns = filled(
        r#"{"properties":{"#,
        |index| format!(r#""{index}":{{"pattern":"("}}"#),
        "}}",
    );
    assert!(ends_soon("many patterns", &patterns).unwrap().len() <= 101);
}

#[test]
fn long_ways_through_references_compile_on_a_small_stack() {
    let newer = r#""$schema":"https://json-schema.org/draft/2020-12/schema""#;
    // Each definition applies the next in place, and each asks what all of them evaluate.
    let chain: Vec<_> = (0..40)
        .map(|link| format!(r##""{link}":{{"$ref":"#/definitions/{}","unevaluatedProperties":{{"$ref":"#"}},"unevaluatedItems":{{"$ref":"#"}}}}"##, link + 1))
        .collect();
    let schema = format!(
        r##"{{{newer},"definitions":{{{},"40":{{}}}},"items":{{"$ref":"#/definitions/0"}}}}"##,
        chain.join(",")
    );
    let result = soon("unevaluated at 40 links", || {
        Schema::compile(&schema, &Limits::default()).err()
    });
    assert!(matches!(&result.unwrap().reasons[..], [Reason::TooDear(_)]));
    for links in [4, 6] {
        let chain: Vec<_> = (0..links)
            .map(|link| format!(r##""{link}":{{"allOf":[{{"$ref":"#/definitions/{}"}}],"unevaluatedProperties":{{"$ref":"#"}},"unevaluatedItems":{{"$ref":"#"}}}}"##, link + 1))
            .collect();
        let schema = format!(
            r##"{{{newer},"definitions":{{{},"{links}":{{}}}},"items":{{"$ref":"#/definitions/0"}}}}"##,
            chain.join(",")
        );
        soon("unevaluated at a few links", || {
            drop(Schema::compile(&schema, &Limits::default()));
        });
    }
    // Only the first asks, through as many links as are allowed.
    let chain: Vec<_> = (0..44)
        .map(|link| {
            format!(
                r##""{link}":{{"$ref":"#/definitions/{}","maxItems":{link}}}"##,
                link + 1
            )
        })
        .collect();
    let schema = format!(
        r##"{{{newer},"definitions":{{{},"44":{{}}}},"items":{{"$ref":"#/definitions/0","unevaluatedProperties":false,"unevaluatedItems":false}}}}"##,
        chain.join(",")
    );
    soon("unevaluated through 44 links", || drop(compiled(&schema)));
    // Each definition holds the next far down, members of members.
    for wrapper in [
        [r#"{"items":"#, "}"],
        [r#"{"properties":{"a":"#, "}}"],
        [
            r#"{"patternProperties":{"":"#,
            r#"},"additionalProperties":false}"#,
        ],
        [r#"{"additionalProperties":"#, "}"],
    ] {
        let [open, close] = wrapper;
        let chain: Vec<_> = (0..800)
            .map(|link| format!(r##""{link}":{}{{"anyOf":[{{"$ref":"#/definitions/{}"}},{{"type":"null"}}]}}{}"##, open.repeat(12), link + 1, close.repeat(12)))
            .collect();
        let schema = format!(
            r##"{{"definitions":{{{},"800":{{"items":{{"$ref":"#"}}}}}},"items":{{"$ref":"#/definitions/0"}}}}"##,
            chain.join(",")
        );
        let limits = Limits {
            schema_bytes: 2_000_000,
            patterns_width: 1_000_000,
            ..Limits::default()
        };
        soon("800 links far down", || {
            drop(Schema::compile(&schema, &limits).unwrap_or_else(|problem| panic!("{problem}")));
        });
    }
}
