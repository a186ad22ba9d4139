//! Owns the tests of what a schema may say.
//! Does not know hostility.

#![expect(
    clippy::needless_raw_string_hashes,
    reason = "references contain hashes, so schemas are written alike"
)]

use super::*;

const DRAFTS: [&str; 5] = [
    "http://json-schema.org/draft-04/schema#",
    "http://json-schema.org/draft-06/schema#",
    "http://json-schema.org/draft-07/schema#",
    "https://json-schema.org/draft/2019-09/schema",
    "https://json-schema.org/draft/2020-12/schema",
];

#[test]
fn every_violation_is_listed() {
    let schema = compiled(
        r#"{"type":"object","properties":{"result":{"type":"integer"},"note":{"type":"string"}},"required":["result"]}"#,
    );
    let found = violations(&schema, r#"{"result":"x","note":4}"#);
    assert_eq!(found.len(), 2);
    let mut pointers: Vec<_> = found
        .iter()
        .map(|violation| violation.pointer.as_str())
        .collect();
    pointers.sort_unstable();
    assert_eq!(pointers, ["/note", "/result"]);
    let missing = violations(&schema, "{}");
    assert_eq!(missing.len(), 1);
    assert_eq!(missing[0].message, r#""result" is a required property"#);
    assert_eq!(missing[0].keyword, "required");
    assert_eq!(violations(&schema, "4").len(), 1);
    assert!(violations(&schema, r#"{"result":4}"#).is_empty());
}

#[test]
fn any_of_names_the_sub_errors() {
    for keyword in ["anyOf", "oneOf"] {
        let schema = compiled(&format!(
            r#"{{"properties":{{"a":{{"{keyword}":[{{"type":"string"}},{{"type":"object","required":["x"]}}]}}}}}}"#
        ));
        let found = violations(&schema, r#"{"a":4}"#);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].pointer, "/a");
        assert_eq!(found[0].keyword, keyword);
        assert_eq!(
            found[0].context,
            [
                r#"branch 0: /a: 4 is not of type "string""#,
                r#"branch 1: /a: 4 is not of type "object""#
            ]
        );
        assert!(found[0].to_string().contains("branch 1"));
    }
    let both = compiled(r#"{"oneOf":[{"minimum":1},{"maximum":5},{"type":"string"}]}"#);
    let found = violations(&both, "3");
    assert!(found[0].message.contains("more than one"));
    assert_eq!(found[0].context[0], "branch 0: valid");
}

#[test]
fn nested_choices_are_indented() {
    let schema =
        compiled(r#"{"anyOf":[{"anyOf":[{"type":"string"},{"type":"null"}]},{"type":"array"}]}"#);
    let context = &violations(&schema, "1")[0].context;
    assert_eq!(context.len(), 4);
    assert!(context[1].starts_with("  branch 0: 1 is not of type"));
}

#[test]
fn draft_4_is_the_default() {
    assert!(!is_valid(r#"{"type":"integer"}"#, "1.0"));
    assert!(is_valid(
        r#"{"type":"integer"}"#,
        "123456789012345678901234567890"
    ));
    assert!(!is_valid(r#"{"minimum":1,"exclusiveMinimum":true}"#, "1"));
    assert!(is_valid(r#"{"minimum":1,"exclusiveMinimum":true}"#, "1.1"));
    assert!(is_valid(r#"{"minimum":1,"exclusiveMinimum":false}"#, "1"));
    // Draft 4 knows neither.
    assert!(is_valid(r#"{"const":1}"#, "2"));
    assert!(is_valid(r#"{"if":{},"then":{"type":"null"}}"#, "2"));
}

#[test]
fn every_draft_is_known() {
    for (index, uri) in DRAFTS.iter().enumerate() {
        let schema = |body: &str| format!(r#"{{"$schema":"{uri}",{body}}}"#);
        assert!(!is_valid(&schema(r#""type":"integer""#), "1.5"), "{uri}");
        assert_eq!(
            is_valid(&schema(r#""type":"integer""#), "1.0"),
            index > 0,
            "{uri}"
        );
        assert!(
            is_valid(
                &schema(r#""type":"integer""#),
                "123456789012345678901234567890"
            ),
            "{uri}"
        );
        assert!(
            !is_valid(&schema(r#""uniqueItems":true"#), "[1, 1.0]"),
            "{uri}"
        );
        assert_eq!(is_valid(&schema(r#""const":1"#), "2"), index == 0, "{uri}");
        assert_eq!(
            is_valid(&schema(r#""if":{},"then":{"type":"null"}"#), "2"),
            index < 2,
            "{uri}"
        );
        assert_eq!(
            is_valid(&schema(r#""dependentRequired":{"a":["b"]}"#), r#"{"a":1}"#),
            index < 3,
            "{uri}"
        );
        assert_eq!(
            is_valid(&schema(r#""prefixItems":[{"type":"null"}]"#), "[1]"),
            index < 4,
            "{uri}"
        );
        assert_eq!(
            is_valid(
                &schema(r#""properties":{"b":{}},"unevaluatedProperties":false"#),
                r#"{"a":1}"#
            ),
            index < 3,
            "{uri}"
        );
        assert!(
            !is_valid(
                &schema(
                    r##""definitions":{"n":{"type":"null"}},"properties":{"a":{"$ref":"#/definitions/n"}}"##
                ),
                r#"{"a":1}"#
            ),
            "{uri}"
        );
        assert!(
            matches!(
                problem(&schema(r#""type":"nonsense""#)).reasons[..],
                [Reason::NotASchema { .. }]
            ),
            "{uri}"
        );
    }
}

#[test]
fn siblings_of_a_reference_count_from_2019_on() {
    for (index, uri) in DRAFTS.iter().enumerate() {
        let schema = format!(
            r##"{{"$schema":"{uri}","definitions":{{"n":{{"type":"integer"}}}},"properties":{{"a":{{"$ref":"#/definitions/n","minimum":5}}}}}}"##
        );
        assert_eq!(is_valid(&schema, r#"{"a":1}"#), index < 3, "{uri}");
        assert!(!is_valid(&schema, r#"{"a":"x"}"#), "{uri}");
    }
}

#[test]
fn formats_are_asserted() {
    for uri in DRAFTS {
        for (format, good, bad) in [
            ("date-time", "2026-11-21T23:34:28.810546+00:00", "yesterday"),
            ("email", "a@example.org", "a at example"),
            ("ipv4", "127.0.0.1", "127.0.0.256"),
        ] {
            let schema = format!(r#"{{"$schema":"{uri}","format":"{format}"}}"#);
            assert!(is_valid(&schema, &format!("{good:?}")), "{uri} {format}");
            assert!(!is_valid(&schema, &format!("{bad:?}")), "{uri} {format}");
        }
    }
    let uuid = r#"{"$schema":"https://json-schema.org/draft/2020-12/schema","format":"uuid"}"#;
    assert!(is_valid(uuid, r#""2eb8aa08-aa98-11ea-b4aa-73b441d16380""#));
    assert!(!is_valid(uuid, r#""2eb8""#));
    assert!(is_valid(r#"{"format":"no-such-format"}"#, r#""x""#));
}

#[test]
fn all_reasons_are_said() {
    let found = problem(
        r#"{"type":"nonsense","properties":{"a":{"minimum":"x"},"b":{"pattern":"("},"c":{"$ref":"http://x/"}}}"#,
    );
    assert_eq!(found.reasons.len(), 4, "{found}");
    assert!(
        found.to_string().contains("/properties/a/minimum"),
        "{found}"
    );
}

#[test]
fn only_objects_are_schemas() {
    for (schema, name) in [
        ("true", "a boolean"),
        ("[]", "an array"),
        ("null", "null"),
        ("4", "a number"),
        ("\"{}\"", "a string"),
    ] {
        assert_eq!(problem(schema).reasons, [Reason::NotAnObject(name)]);
    }
    assert!(matches!(problem("{").reasons[..], [Reason::NotJson(_)]));
    assert!(is_valid("{}", "[1,2]"));
}

#[test]
fn an_unknown_draft_is_refused() {
    for uri in [
        r#""http://example.org/draft""#,
        r#""http://json-schema.org/draft-03/schema#""#,
        "4",
        r#""""#,
    ] {
        let schema = format!(r#"{{"$schema":{uri}}}"#);
        assert!(matches!(
            problem(&schema).reasons[..],
            [Reason::UnknownDraft { .. }]
        ));
    }
    let nested = r#"{"properties":{"a":{"$schema":"http://json-schema.org/draft-07/schema#"}}}"#;
    assert!(matches!(
        problem(nested).reasons[..],
        [Reason::UnknownDraft { .. }]
    ));
    assert!(is_valid(
        r#"{"$schema":"https://json-schema.org/draft-07/schema"}"#,
        "1"
    ));
}

#[test]
fn references_inside_the_schema_are_followed() {
    for schema in [
        r##"{"definitions":{"n":{"type":"null"}},"properties":{"a":{"$ref":"#/definitions/n"}}}"##,
        r##"{"properties":{"a":{"$ref":"#/properties/b"},"b":{"type":"null"}}}"##,
        r##"{"x-types":{"a b/c":[{"type":"null"}]},"properties":{"a":{"$ref":"#/x-types/a%20b~1c/0"}}}"##,
        r##"{"definitions":{"n":{"id":"#null","type":"null"}},"properties":{"a":{"$ref":"#null"}}}"##,
        r##"{"id":"http://x/y/z.json","definitions":{"n":{"id":"n.json","type":"null"}},"properties":{"a":{"$ref":"http://x/y/n.json"}}}"##,
        r##"{"id":"http://x/y","properties":{"a":{"$ref":"y#/definitions/n"}},"definitions":{"n":{"type":"null"}}}"##,
        r##"{"$schema":"https://json-schema.org/draft/2019-09/schema","$defs":{"n":{"$anchor":"null","type":"null"}},"properties":{"a":{"$ref":"#null"}}}"##,
        r##"{"$schema":"https://json-schema.org/draft/2020-12/schema","$defs":{"n":{"$dynamicAnchor":"null","type":"null"}},"properties":{"a":{"$dynamicRef":"#null"}}}"##,
        r##"{"$schema":"https://json-schema.org/draft/2020-12/schema","$defs":{"r":{"$id":"r","$ref":"#/$defs/n","$defs":{"n":{"type":"null"}}}},"properties":{"a":{"$ref":"r"}}}"##,
        r##"{"$ref":"#/definitions/root","definitions":{"root":{"properties":{"a":{"$ref":"#/definitions/n"}}},"n":{"$ref":"#/definitions/m"},"m":{"type":"null"}}}"##,
    ] {
        assert!(is_valid(schema, r#"{"a":null}"#), "{schema}");
        assert!(!is_valid(schema, r#"{"a":1}"#), "{schema}");
    }
}

#[test]
fn a_dynamic_reference_with_one_anchor_is_a_reference() {
    let tree = r##"{"$schema":"https://json-schema.org/draft/2020-12/schema","$dynamicAnchor":"node","type":"object",
        "properties":{"children":{"type":"array","items":{"$dynamicRef":"#node"}}}}"##;
    assert!(is_valid(tree, r#"{"children":[{"children":[]}]}"#));
    assert!(!is_valid(tree, r#"{"children":[{"children":[1]}]}"#));
    let recursive = r##"{"$schema":"https://json-schema.org/draft/2019-09/schema","$recursiveAnchor":true,"type":"object",
        "additionalProperties":{"$recursiveRef":"#"}}"##;
    assert!(is_valid(recursive, r#"{"a":{"b":{}}}"#));
    assert!(!is_valid(recursive, r#"{"a":{"b":1}}"#));
}

#[test]
fn what_only_looks_like_a_reference_is_not_followed() {
    for schema in [
        r#"{"enum":[{"$ref":"file:///etc/passwd"}]}"#,
        r#"{"default":{"$ref":"http://127.0.0.1/"}}"#,
        r#"{"$schema":"http://json-schema.org/draft-07/schema#","const":{"$ref":"http://127.0.0.1/"},"examples":[{"$ref":"x"}]}"#,
        r#"{"properties":{"$ref":{"type":"string"},"$id":{"type":"string"},"id":{"type":"string"}}}"#,
        r#"{"x-note":{"$ref":"http://127.0.0.1/"}}"#,
    ] {
        compiled(schema);
    }
    let named = r#"{"properties":{"$ref":{"type":"string"}}}"#;
    assert!(!is_valid(named, r#"{"$ref":1}"#));
    assert!(is_valid(r#"{"enum":[{"$ref":"x"}]}"#, r#"{"$ref":"x"}"#));
}

#[test]
fn recursive_schemas_that_descend_work_to_the_depth_limit() {
    let list = compiled(
        r##"{"type":"object","properties":{"next":{"$ref":"#"},"value":{"type":"integer"}}}"##,
    );
    let nested = |levels: usize, inner: &str| {
        format!(
            "{}{inner}{}",
            r#"{"next":"#.repeat(levels),
            "}".repeat(levels)
        )
    };
    assert!(violations(&list, &nested(126, "{}")).is_empty());
    let found = violations(&list, &nested(126, "1"));
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].pointer,
        "/next"
            .repeat(79)
            .chars()
            .take(400)
            .collect::<String>()
            .split_at(395)
            .0
            .to_owned()
            + "/next…"
    );
    assert!(matches!(
        list.validate(&nested(127, "{}")),
        Err(ValidateError::TooDeep(127))
    ));
}

#[test]
fn unevaluated_properties_see_through_references_and_choices() {
    let schema = r##"{"$schema":"https://json-schema.org/draft/2020-12/schema",
        "$ref":"#/$defs/base","anyOf":[{"properties":{"b":true},"required":["b"]},{"properties":{"c":true},"required":["c"]}],
        "unevaluatedProperties":false,"$defs":{"base":{"properties":{"a":{"type":"null"}}}}}"##;
    assert!(is_valid(schema, r#"{"a":null,"b":1}"#));
    assert!(is_valid(schema, r#"{"a":null,"b":1,"c":1}"#));
    let found = violations(&compiled(schema), r#"{"b":1,"d":1}"#);
    assert_eq!(found.len(), 1);
    assert!(found[0].message.contains("'d'"));
}

#[test]
fn false_schemas_and_not_have_messages_in_the_stranger_s_terms() {
    let found = violations(&compiled(r#"{"not":{"type":"integer"}}"#), "1");
    assert_eq!(
        found[0].message,
        "1 is valid under the schema listed in the 'not' keyword"
    );
    let schema = compiled(
        r#"{"$schema":"http://json-schema.org/draft-07/schema#","properties":{"a":false},"allOf":[false]}"#,
    );
    let found = violations(&schema, r#"{"a":1}"#);
    assert_eq!(found.len(), 2);
    assert!(
        found
            .iter()
            .all(|violation| violation.message.starts_with("False schema does not allow")),
        "{found:?}"
    );
    let found = violations(
        &compiled(r#"{"items":[{}],"additionalItems":false}"#),
        "[1,2,3]",
    );
    assert_eq!(
        found[0].message,
        "[1,2,3] has additional items, only 1 are allowed"
    );
    let found = violations(
        &compiled(r#"{"properties":{"a":{}},"additionalProperties":false}"#),
        r#"{"a":1,"b":1}"#,
    );
    assert_eq!(
        found[0].message,
        "Additional properties are not allowed ('b' was unexpected)"
    );
    let names = compiled(
        r#"{"$schema":"http://json-schema.org/draft-07/schema#","propertyNames":{"maxLength":2}}"#,
    );
    let found = violations(&names, r#"{"abc":1,"abcd":1,"ab":1}"#);
    assert_eq!(found.len(), 2);
    assert_eq!(
        found[0].message,
        r#"invalid property name: "abc" is longer than 2 characters"#
    );
}

#[test]
fn the_last_of_equal_keys_counts() {
    assert!(is_valid(r#"{"type":"string","type":"integer"}"#, "1"));
    assert!(is_valid(
        r#"{"properties":{"a":{"type":"integer"}}}"#,
        r#"{"a":"x","a":1}"#
    ));
}

#[test]
fn an_expression_may_be_anything_in_linear_time() {
    assert!(is_valid(r#"{"pattern":"^[a-z]{2,5}\\d+$"}"#, r#""abc12""#));
    assert!(!is_valid(r#"{"pattern":"^[a-z]{2,5}\\d+$"}"#, r#""abc""#));
    assert!(!is_valid(
        r#"{"patternProperties":{"^x-":{"type":"null"}},"additionalProperties":false}"#,
        r#"{"x-a":1}"#
    ));
}
