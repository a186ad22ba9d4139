//! What strangers send to make a server read its files, call others, run for ever or fall over.

use serde_json::{Value, json};
use std::fmt::Write;
use std::net::TcpListener;
use topchef_tests::lab::{self, title};
use topchef_tests::stranger::{assert_harmless, assert_refused, assert_useless, brief};
use topchef_tests::{Server, raw};

const DEEP: usize = 10_000;

#[tokio::test]
async fn a_schema_reads_no_file() {
    let server = Server::start();
    let api = server.api();
    for reference in [
        "file:///etc/passwd",
        "file:/etc/passwd",
        "/etc/passwd",
        "../../../../../../etc/passwd",
    ] {
        for schema in [
            json!({"$ref": reference}),
            json!({"properties": {"a": {"allOf": [{"$ref": reference}]}}}),
        ] {
            assert_useless(&api, reference, &schema.to_string(), r#"{"a": 1}"#).await;
        }
    }
    let dialect = r#"{"object": {}, "schema": {"$schema": "file:///etc/passwd"}}"#;
    let answer = api.text("POST", "/validator", dialect).await;
    assert_harmless(&api, "a dialect from a file", &answer).await;
}

#[tokio::test]
async fn a_schema_calls_nobody() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let server = Server::start();
    let api = server.api();
    let schemas = [
        json!({"$ref": url}),
        json!({"$ref": format!("{url}schema.json#/definitions/a")}),
        json!({"id": url, "$ref": "other.json"}),
        json!({"properties": {"a": {"items": {"$ref": url}}}}),
    ];
    for schema in schemas {
        assert_useless(
            &api,
            "a schema from elsewhere",
            &schema.to_string(),
            r#"{"a": [1]}"#,
        )
        .await;
    }
    let dialect = json!({"object": {}, "schema": {"$schema": url}});
    let answer = api.post("/validator", &dialect).await;
    assert_harmless(&api, "a dialect from elsewhere", &answer).await;
    let caller = listener.accept();
    assert!(caller.is_err(), "the server fetched a schema: {caller:?}");
}

#[tokio::test]
async fn a_pattern_runs_no_longer_than_its_text() {
    let server = Server::start();
    let api = server.api();
    let object = json!({"s": format!("{}!", "a".repeat(50_000))}).to_string();
    for pattern in [
        "^(a+)+$",
        "^(a|aa)+$",
        "^(a|a)*$",
        "^([a-z]+)*$",
        "^(.*a){20}$!",
        "^(a+)+\\1$",
        "^(?=(a+))\\1+b$",
        "^((a{200}){200}){200}$",
        "(((((((((a{9}){9}){9}){9}){9}){9}){9}){9}){9})",
    ] {
        let schema = json!({"properties": {"s": {"pattern": pattern}}}).to_string();
        assert_useless(&api, pattern, &schema, &object).await;
    }
    let many: Value = (0..500)
        .map(|n| (format!("^(x+x+)+{n}$"), json!({"type": "null"})))
        .collect();
    let schema = json!({"patternProperties": many, "required": ["y"]}).to_string();
    assert_useless(&api, "500 patterns", &schema, &object).await;
}

#[tokio::test]
async fn a_reference_that_never_descends_comes_to_an_end() {
    let server = Server::start();
    let api = server.api();
    for schema in [
        json!({"$ref": "#"}),
        json!({"allOf": [{"$ref": "#"}]}),
        json!({"not": {"$ref": "#"}}),
        json!({"anyOf": [{"$ref": "#"}, {"$ref": "#"}]}),
        json!({"definitions": {"a": {"$ref": "#/definitions/b"}, "b": {"$ref": "#/definitions/a"}}, "allOf": [{"$ref": "#/definitions/a"}]}),
    ] {
        assert_useless(
            &api,
            &format!("the circle {schema}"),
            &schema.to_string(),
            r#"{"a": 1}"#,
        )
        .await;
    }
}

#[tokio::test]
async fn a_small_schema_costs_no_exponential_time() {
    let server = Server::start();
    let api = server.api();
    for combine in ["allOf", "anyOf"] {
        let mut definitions = json!({"d0": {"type": "null"}});
        if combine == "allOf" {
            definitions["d0"] = json!({"type": "object"});
        }
        for level in 1..=40 {
            let below = json!({"$ref": format!("#/definitions/d{}", level - 1)});
            definitions[format!("d{level}")] = json!({combine: [below, below]});
        }
        let schema = json!({"definitions": definitions, "allOf": [{"$ref": "#/definitions/d40"}]});
        assert_useless(&api, combine, &schema.to_string(), r#"{"a": 1}"#).await;
    }
}

#[tokio::test]
async fn json_ten_thousand_levels_deep_is_refused() {
    let server = Server::start();
    let api = server.api();
    let (service, job) = lab::service_and_job(&api).await;
    let objects = format!("{}1{}", r#"{"a":"#.repeat(DEEP), "}".repeat(DEEP));
    let arrays = format!("{}{}", "[".repeat(DEEP), "]".repeat(DEEP));
    let schema = format!("{}{{}}{}", r#"{"not":"#.repeat(DEEP), "}".repeat(DEEP));
    for deep in [
        &objects,
        &arrays,
        &"[".repeat(DEEP),
        &r#"{"a":"#.repeat(DEEP),
    ] {
        for (method, path) in [
            ("POST", "/services".to_owned()),
            ("POST", format!("/services/{service}/jobs")),
            ("POST", "/validator".to_owned()),
            ("PATCH", format!("/jobs/{job}")),
        ] {
            let answer = api.text(method, &path, deep).await;
            assert_refused(&api, &format!("a deep body to {method} {path}"), &answer).await;
        }
        let answer = api
            .text("PATCH", &format!("/services/{service}"), deep)
            .await;
        assert_harmless(&api, "a deep check-in", &answer).await;
    }
    assert_useless(&api, "a deep schema", &schema, "{}").await;
    for deep in [&objects, &format!(r#"{{"rpm": {arrays}}}"#)] {
        let body = format!(r#"{{"parameters": {deep}}}"#);
        let answer = api
            .text("POST", &format!("/services/{service}/jobs"), &body)
            .await;
        assert_refused(&api, "deep parameters", &answer).await;
        let body = format!(r#"{{"results": {deep}}}"#);
        let answer = api.text("PATCH", &format!("/jobs/{job}"), &body).await;
        assert_refused(&api, "deep results", &answer).await;
        let body = format!(r#"{{"object": {deep}, "schema": {{}}}}"#);
        assert_refused(
            &api,
            "a deep object",
            &api.text("POST", "/validator", &body).await,
        )
        .await;
    }
}

#[tokio::test]
async fn a_body_of_fifty_megabytes_is_refused_at_once() {
    let server = Server::start();
    let api = server.api();
    let service = lab::register(&api, &lab::centrifuge()).await;
    let large = vec![b' '; 50_000_000];
    let mut chunked = Vec::with_capacity(large.len() + 1_000_000);
    for chunk in large.chunks(64 * 1024) {
        chunked.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        chunked.extend_from_slice(chunk);
        chunked.extend_from_slice(b"\r\n");
    }
    chunked.extend_from_slice(b"0\r\n\r\n");
    let length = format!("Content-Length: {}", large.len());
    for path in [
        "/services".to_owned(),
        "/validator".to_owned(),
        format!("/services/{service}/jobs"),
    ] {
        for (framing, body) in [
            (length.as_str(), &large),
            ("Transfer-Encoding: chunked", &chunked),
        ] {
            let head = format!(
                "POST {path} HTTP/1.1\r\nHost: lab\r\nConnection: close\r\nContent-Type: application/json\r\n{framing}\r\n\r\n"
            );
            let answer = raw::exchange(server.address(), &head, body);
            answer.problem(413);
            assert_refused(&api, &format!("50 MB to {path} ({framing})"), &answer).await;
        }
    }
}

#[tokio::test]
async fn text_that_is_no_text_is_refused() {
    let server = Server::start();
    let api = server.api();
    let (service, job) = lab::service_and_job(&api).await;
    let (jobs, job) = (format!("/services/{service}/jobs"), format!("/jobs/{job}"));
    let wrongs: [(&str, &[u8]); 8] = [
        ("invalid UTF-8", b"\xff\xfe"),
        ("half a character", b"\xc3"),
        ("an overlong character", b"\xc0\xaf"),
        ("a surrogate in bytes", b"\xed\xa0\x80"),
        ("a lone surrogate", br"\ud800"),
        ("a lone low surrogate", br"\udc00x"),
        ("a bare NUL", b"a\0b"),
        ("an escape that is none", br"\x41"),
    ];
    for (what, bytes) in wrongs {
        for (method, path, before, after) in [
            (
                "POST",
                jobs.as_str(),
                r#"{"parameters": {"rpm": 500, "sample": ""#,
                r#""}}"#,
            ),
            (
                "POST",
                &jobs,
                r#"{"parameters": {"rpm": 500, ""#,
                r#"": 1}}"#,
            ),
            (
                "PATCH",
                &job,
                r#"{"results": {"mass_mg": 1, "remark": ""#,
                r#""}}"#,
            ),
            (
                "POST",
                "/validator",
                r#"{"object": {"a": ""#,
                r#""}, "schema": {}}"#,
            ),
            (
                "POST",
                "/services",
                r#"{"description": "d", "job_registration_schema": {}, "job_result_schema": {}, "name": ""#,
                r#""}"#,
            ),
            (
                "POST",
                "/services",
                r#"{"description": "d", "name": "n", "job_result_schema": {}, "job_registration_schema": {"title": ""#,
                r#""}}"#,
            ),
        ] {
            let body = [before.as_bytes(), bytes, after.as_bytes()].concat();
            let answer = api.bytes(method, path, &body).await;
            assert_refused(&api, &format!("{what} in {method} {path}"), &answer).await;
        }
    }
    // RFC 8259 allows it escaped: then it is kept, or refused, and never cut off.
    let mut service = lab::centrifuge();
    service["name"] = json!("before\0after");
    let answer = api.post("/services", &service).await;
    assert_harmless(&api, "an escaped NUL in a name", &answer).await;
    if answer.status == 201 {
        assert_eq!(
            lab::service(&api, &answer.made()).await["name"],
            "before\0after"
        );
    }
    let answer = api
        .post(
            &jobs,
            &json!({"parameters": {"rpm": 500, "sample": "before\0after"}}),
        )
        .await;
    assert_harmless(&api, "an escaped NUL in parameters", &answer).await;
    if answer.status == 201 {
        assert_eq!(
            lab::job(&api, &answer.made()).await["parameters"]["sample"],
            "before\0after"
        );
    }
}

#[tokio::test]
async fn what_is_no_json_number_is_refused() {
    let server = Server::start();
    let api = server.api();
    let service = lab::register(&api, &lab::centrifuge()).await;
    for number in [
        "NaN",
        "Infinity",
        "-Infinity",
        "nan",
        "0x10",
        "01",
        "+1",
        ".5",
        "1.",
    ] {
        let body = format!(r#"{{"parameters": {{"rpm": {number}}}}}"#);
        let answer = api
            .text("POST", &format!("/services/{service}/jobs"), &body)
            .await;
        assert_refused(&api, number, &answer).await;
        answer.refused(400, title::NOT_JSON);
    }
}

#[tokio::test]
async fn a_number_of_absurd_size_is_judged_quickly() {
    let server = Server::start();
    let api = server.api();
    let long = "9".repeat(900_000);
    for number in [
        "1e999999999",
        "-1e999999999",
        "1e-999999999",
        "1.5e400000",
        long.as_str(),
    ] {
        let object = format!(r#"{{"n": {number}}}"#);
        for schema in [
            json!({"properties": {"n": {"type": "integer", "minimum": 5, "maximum": 10, "multipleOf": 7}}}),
            json!({"$schema": "http://json-schema.org/draft-07/schema#", "properties": {"n": {"type": "integer", "minimum": 5, "maximum": 10}}}),
            json!({"properties": {"n": {"enum": [1, 2.5]}}}),
        ] {
            let what = format!("the number {}", &number[..number.len().min(20)]);
            assert_useless(&api, &what, &schema.to_string(), &object).await;
        }
    }
    for keyword in ["minimum", "multipleOf"] {
        let schema = format!(r#"{{"properties": {{"n": {{"{keyword}": 1e999999999}}}}}}"#);
        assert_useless(&api, keyword, &schema, r#"{"n": 7}"#).await;
    }
}

#[tokio::test]
async fn a_long_url_is_refused() {
    let server = Server::start();
    let api = server.api();
    let long = "a".repeat(8_000);
    for (path, due) in [
        (format!("/services/{long}"), title::NOT_UUID),
        (format!("/jobs/{long}"), title::NOT_UUID),
    ] {
        let answer = api.get(&path).await;
        answer.refused(404, due);
        assert_refused(&api, "a long id", &answer).await;
    }
    assert_refused(&api, "a long path", &api.get(&format!("/{long}")).await).await;
    assert_harmless(
        &api,
        "a long query",
        &api.get(&format!("/services?x={long}")).await,
    )
    .await;
    for odd in [
        "%00",
        "%7B%7D",
        "{}",
        "urn:uuid:",
        "%F0%9F%8D%95",
        "'%20OR%201=1--",
    ] {
        let answer = api.get(&format!("/services/{odd}")).await;
        answer.refused(404, title::NOT_UUID);
        assert_refused(&api, odd, &answer).await;
    }
    for odd in ["..%2f..%2fetc%2fpasswd", "%FF%FE"] {
        let answer = api.get(&format!("/services/{odd}")).await;
        answer.problem(404);
        assert_refused(&api, odd, &answer).await;
    }
    // Beyond what the HTTP library reads at all: its own answer will do, as long as it is a refusal.
    let head = format!(
        "GET /{} HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n",
        "a".repeat(100_000)
    );
    let answer = raw::exchange(server.address(), &head, b"");
    assert!((400..500).contains(&answer.status), "{}", brief(&answer));
    assert_harmless(&api, "a very long path", &answer).await;
}

#[tokio::test]
async fn ten_thousand_wrong_keys_are_told_quickly() {
    let server = Server::start();
    let api = server.api();
    let mut object = String::from("{");
    for number in 0..10_000 {
        write!(object, r#""key{number}": "wrong","#).unwrap();
    }
    object.push_str(r#""last": "wrong"}"#);
    for schema in [
        json!({"additionalProperties": {"type": "integer"}}),
        json!({"additionalProperties": false}),
        json!({"additionalProperties": {"anyOf": [{"type": "integer"}, {"minLength": 50}]}}),
        json!({"maxProperties": 5}),
    ] {
        assert_useless(
            &api,
            &format!("10,000 keys against {schema}"),
            &schema.to_string(),
            &object,
        )
        .await;
    }
    let body = format!(
        r#"{{"object": {object}, "schema": {{"additionalProperties": {{"type": "integer"}}}}}}"#
    );
    let faults = api
        .text("POST", "/validator", &body)
        .await
        .refused(400, title::SCHEMA);
    assert!(
        faults.len() > 10,
        "ten thousand violations, and only these told: {faults:?}"
    );
    assert_refused(
        &api,
        "10,000 unknown keys",
        &api.text("POST", "/services", &object).await,
    )
    .await;
}

#[tokio::test]
async fn refusals_poison_nothing() {
    let server = Server::start();
    let api = server.api();
    let service = lab::register(&api, &lab::centrifuge()).await;
    let path = format!("/services/{service}/jobs");
    for round in 0..20 {
        for bad in [
            "",
            "{",
            "[]",
            r#"{"parameters": {"rpm": "x"}}"#,
            r#"{"parameters": {"rpm": 1e99}}"#,
        ] {
            assert_refused(&api, bad, &api.text("POST", &path, bad).await).await;
        }
        lab::submit(&api, &service, &json!({"rpm": 500 + round})).await;
    }
    let jobs = lab::service(&api, &service).await["jobs"].clone();
    assert_eq!(
        lab::ids(&jobs).len(),
        20,
        "as many as were accepted, in spite of all that was refused"
    );
}
