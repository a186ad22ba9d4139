//! Every type of a column, from the wire to the disk and back: its bounds, its spellings, its use as a key and as a filter.

#![expect(
    clippy::unwrap_used,
    reason = "what a test's helpers cannot do stops the test"
)]

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use topchef_runtime::{ModelResource, ResourceEnum};
use topchef_tests::local::Local;
use topchef_tests::{Answer, Kind};
use uuid::Uuid;

const WRONG: &str = "Deserialization Error From Client Data";

#[derive(Clone, Copy, Debug, Default, PartialEq, ResourceEnum)]
#[resource(rename_all = "SCREAMING_SNAKE_CASE")]
enum Finish {
    #[default]
    Plain,
    HighGloss,
    #[resource(rename = "matt 2")]
    Matt,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
struct Point {
    x: i32,
    y: i32,
}

fn epoch() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH
}

/// One column of every type, none of which need be given.
#[derive(Clone, Debug, ModelResource)]
#[resource(collection(filter = [
    tiny, small, medium, large, byte, half, natural, real, double, flag, text, uuid, date, time, local, moment, bytes, finish
]))]
struct Sample {
    id: i64,
    #[resource(default)]
    tiny: i8,
    #[resource(default)]
    small: i16,
    #[resource(default)]
    medium: i32,
    #[resource(default)]
    large: i64,
    #[resource(default)]
    byte: u8,
    #[resource(default)]
    half: u16,
    #[resource(default)]
    natural: u32,
    #[resource(default)]
    real: f32,
    #[resource(default)]
    double: f64,
    #[resource(default)]
    flag: bool,
    #[resource(default)]
    text: String,
    #[resource(default)]
    uuid: Uuid,
    #[resource(default)]
    date: NaiveDate,
    #[resource(default)]
    time: NaiveTime,
    #[resource(default)]
    local: NaiveDateTime,
    #[resource(default = epoch)]
    moment: DateTime<Utc>,
    #[resource(default)]
    bytes: Vec<u8>,
    #[resource(default)]
    finish: Finish,
    #[resource(default = json!({}))]
    extra: Value,
    #[resource(json, default)]
    points: Vec<Point>,
}

/// The same, each of which may be null.
#[derive(ModelResource)]
struct Maybe {
    id: i64,
    small: Option<i16>,
    large: Option<i64>,
    natural: Option<u32>,
    real: Option<f32>,
    double: Option<f64>,
    flag: Option<bool>,
    text: Option<String>,
    uuid: Option<Uuid>,
    date: Option<NaiveDate>,
    time: Option<NaiveTime>,
    local: Option<NaiveDateTime>,
    moment: Option<DateTime<Utc>>,
    bytes: Option<Vec<u8>>,
    finish: Option<Finish>,
    extra: Option<Value>,
    #[resource(json)]
    points: Option<Vec<Point>>,
}

/// A document, shown with something that is read off the record itself.
#[derive(ModelResource)]
#[resource(serial_fields = [id, body, at, size()])]
struct Document {
    id: i64,
    body: Value,
    #[resource(default = epoch)]
    at: DateTime<Utc>,
}

impl Document {
    fn size(&self) -> usize {
        self.body.as_object().map_or(0, serde_json::Map::len)
    }
}

/// A label by its text.
#[derive(ModelResource)]
struct Label {
    #[resource(primary_key)]
    name: String,
    #[resource(default)]
    uses: i32,
}

macro_rules! keyed {
    ($($resource:ident: $key:ty),+) => {$(
        #[derive(ModelResource)]
        struct $resource {
            #[resource(primary_key)]
            key: $key,
            #[resource(default)]
            uses: i32,
        }
    )+};
}
keyed! {
    ByNumber: u8, ByFlag: bool, ByDate: NaiveDate, ByTime: NaiveTime, ByLocal: NaiveDateTime, ByMoment: DateTime<Utc>,
    ByBlob: Vec<u8>, ByFinish: Finish, ByDouble: f64
}

async fn samples() -> Local {
    Local::start::<(Sample, Maybe, Document, Label)>(|api| {
        api.resource::<Sample>()
            .resource::<Maybe>()
            .resource::<Document>()
            .resource::<Label>()
    })
    .await
}

/// What is sent for a column, and what is shown of it.
const VALUES: &[(&str, &[(&str, &str)])] = &[
    ("tiny", &[("-128", "-128"), ("127", "127"), ("0", "0")]),
    ("small", &[("-32768", "-32768"), ("32767", "32767")]),
    (
        "medium",
        &[("-2147483648", "-2147483648"), ("2147483647", "2147483647")],
    ),
    (
        "large",
        &[
            ("-9223372036854775808", "-9223372036854775808"),
            ("9223372036854775807", "9223372036854775807"),
            ("9007199254740993", "9007199254740993"),
        ],
    ),
    ("byte", &[("255", "255"), ("0", "0")]),
    ("half", &[("65535", "65535")]),
    ("natural", &[("4294967295", "4294967295")]),
    (
        "real",
        &[
            ("9.99", "9.99"),
            ("-0.5", "-0.5"),
            ("-5", "-5.0"),
            ("3.4028235e38", "3.4028235e+38"),
            ("16777216", "16777216.0"),
            ("1e-40", "1e-40"),
        ],
    ),
    (
        "double",
        &[
            ("9.99", "9.99"),
            ("-9.99", "-9.99"),
            ("-5", "-5.0"),
            ("0.1", "0.1"),
            ("1e300", "1e+300"),
            ("5e-324", "5e-324"),
            ("1.7976931348623157e308", "1.7976931348623157e+308"),
            ("12345678901234567890", "1.2345678901234567e+19"),
        ],
    ),
    ("flag", &[("true", "true"), ("false", "false")]),
    (
        "text",
        &[
            (r#""""#, r#""""#),
            (r#""a\"b\\c\n\t/\u0001""#, r#""a\"b\\c\n\t/\u0001""#),
            (r#""\u00e9 漢 \ud834\udd1e""#, r#""é 漢 𝄞""#),
            (r#""null""#, r#""null""#),
            (r#""' OR 1=1 --""#, r#""' OR 1=1 --""#),
        ],
    ),
    (
        "uuid",
        &[
            (
                r#""0190D3F7-0000-7000-8000-00000000ABCD""#,
                r#""0190d3f7-0000-7000-8000-00000000abcd""#,
            ),
            (
                r#""00000000-0000-0000-0000-000000000000""#,
                r#""00000000-0000-0000-0000-000000000000""#,
            ),
        ],
    ),
    (
        "date",
        &[
            (r#""2024-02-29""#, r#""2024-02-29""#),
            (r#""0001-01-01""#, r#""0001-01-01""#),
            (r#""9999-12-31""#, r#""9999-12-31""#),
        ],
    ),
    (
        "time",
        &[
            (r#""23:59:59.999999""#, r#""23:59:59.999999""#),
            (r#""00:00:00""#, r#""00:00:00.000000""#),
        ],
    ),
    (
        "local",
        &[
            (
                r#""2024-02-29T12:30:00""#,
                r#""2024-02-29T12:30:00.000000""#,
            ),
            (
                r#""9999-12-31T23:59:59.999999""#,
                r#""9999-12-31T23:59:59.999999""#,
            ),
        ],
    ),
    (
        "moment",
        &[
            (
                r#""2024-02-29T12:30:00Z""#,
                r#""2024-02-29T12:30:00.000000+00:00""#,
            ),
            (
                r#""2024-02-29T23:30:00.123456789-02:00""#,
                r#""2024-03-01T01:30:00.123456+00:00""#,
            ),
            (
                r#""1969-12-31T23:59:59.999999Z""#,
                r#""1969-12-31T23:59:59.999999+00:00""#,
            ),
            (
                r#""9999-12-31T23:59:59.999999Z""#,
                r#""9999-12-31T23:59:59.999999+00:00""#,
            ),
            (
                r#""0000-01-01T00:00:00Z""#,
                r#""0000-01-01T00:00:00.000000+00:00""#,
            ),
        ],
    ),
    (
        "bytes",
        &[(r#""""#, r#""""#), (r#""AP+/fw==""#, r#""AP+/fw==""#)],
    ),
    (
        "finish",
        &[
            (r#""HIGH_GLOSS""#, r#""HIGH_GLOSS""#),
            (r#""matt 2""#, r#""matt 2""#),
        ],
    ),
    (
        "extra",
        &[
            (r"17", r"17"),
            (r#""text""#, r#""text""#),
            (r"[ 1.0,2 ]", r"[ 1.0,2 ]"),
        ],
    ),
    (
        "points",
        &[
            ("[]", "[]"),
            (r#"[ {"y": 2, "x":1} ]"#, r#"[ {"y": 2, "x":1} ]"#),
        ],
    ),
];

/// Asserts that a field stands in an answer with exactly this text.
fn assert_shows(answer: &Answer, name: &str, text: &str) {
    let (_, rest) = answer.text.split_once(&format!("\"{name}\":")).unwrap();
    let end = rest.strip_prefix(text).and_then(|rest| rest.chars().next());
    assert!(
        matches!(end, Some(',' | '}')),
        "{name} should be {text} in {answer:?}"
    );
}

/// A JSON value as it is spelt in a URL.
fn in_url(json: &str) -> String {
    let text = match serde_json::from_str::<Value>(json).unwrap() {
        Value::String(text) => text,
        _ => json.to_owned(),
    };
    let encoded = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(encoded).collect()
}

#[tokio::test]
async fn a_value_comes_back_as_it_was_sent() {
    let local = samples().await;
    let api = local.api();
    for path in ["/samples", "/maybes"] {
        let made = api.post(path, &json!({})).await.expect(201);
        let record = made.header("location").unwrap();
        for (name, values) in VALUES {
            if made.json()["data"].get(name).is_none() {
                continue;
            }
            for (sent, shown) in *values {
                let body = format!("{{\"{name}\": {sent}}}");
                let answer = api.text("PATCH", record, &body).await.expect(200);
                assert_shows(&answer, name, shown);
                let answer = api.get(record).await.expect(200);
                assert_shows(&answer, name, shown);
                let answer = api.text("POST", path, &body).await.expect(201);
                assert_shows(&answer, name, shown);
            }
        }
    }
}

#[tokio::test]
async fn a_value_is_found_by_any_of_its_spellings() {
    let local = samples().await;
    let api = local.api();
    let made = api.post("/samples", &json!({})).await.expect(201);
    let record = made.header("location").unwrap();
    for (name, values) in VALUES {
        for (sent, shown) in *values {
            let body = format!("{{\"{name}\": {sent}}}");
            api.text("PATCH", record, &body).await.expect(200);
            for value in [sent, shown] {
                let query = format!("/samples?{name}={}", in_url(value));
                let answer = api.get(&query).await;
                if ["extra", "points"].contains(name) {
                    answer.refused(400, "Invalid Query Parameter");
                    continue;
                }
                let found = answer.expect(200).json();
                let found = found["data"].as_array().unwrap();
                assert_eq!(found.len(), 1, "{query} finds {found:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_value_is_in_code_what_it_is_on_the_wire() {
    let local = samples().await;
    let body = json!({
        "tiny": -1, "natural": 4_294_967_295_u32, "real": 0.1, "double": 0.1, "flag": true, "text": "é",
        "uuid": "0190d3f7-0000-7000-8000-000000000001", "date": "2024-02-29", "time": "01:02:03.5",
        "local": "2024-02-29T01:02:03", "moment": "2024-02-29T01:02:03.000004+01:00", "bytes": "AP+/fw==",
        "finish": "matt 2", "extra": {"a": [1]}, "points": [{"x": 1, "y": -2}],
    });
    local.api().post("/samples", &body).await.expect(201);
    let samples = local.database().select::<Sample>().all().await.unwrap();
    let sample = &samples[0];
    assert_eq!((sample.tiny, sample.natural), (-1, u32::MAX));
    assert_eq!(sample.real.to_bits(), 0.1_f32.to_bits());
    assert_eq!(sample.double.to_bits(), 0.1_f64.to_bits());
    assert_eq!((sample.flag, sample.text.as_str()), (true, "é"));
    assert_eq!(
        sample.uuid.as_u128(),
        0x0190_d3f7_0000_7000_8000_0000_0000_0001
    );
    assert_eq!(sample.date.to_string(), "2024-02-29");
    assert_eq!(sample.time.to_string(), "01:02:03.500");
    assert_eq!(sample.local.to_string(), "2024-02-29 01:02:03");
    assert_eq!(
        sample.moment.to_rfc3339(),
        "2024-02-29T00:02:03.000004+00:00"
    );
    assert_eq!(sample.bytes, [0, 255, 191, 127]);
    assert_eq!(sample.finish, Finish::Matt);
    assert_eq!(sample.extra, json!({"a": [1]}));
    assert_eq!(sample.points, [Point { x: 1, y: -2 }]);

    let mut copy = sample.clone();
    copy.id = 0;
    let mut tx = local.database().transaction().await.unwrap();
    let stored = tx.insert(&copy).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(stored.id, 2);
    copy.id = 2;
    assert_eq!(format!("{stored:?}"), format!("{copy:?}"));
    let api = local.api();
    let first = api.get("/samples/1").await.expect(200).json();
    let mut second = api.get("/samples/2").await.expect(200).json();
    second["data"]["id"] = json!(1);
    assert_eq!(first["data"], second["data"]);
}

#[tokio::test]
async fn a_value_of_another_type_is_refused_in_bodies_and_queries() {
    let local = samples().await;
    let api = local.api();
    api.post("/samples", &json!({})).await.expect(201);
    for (name, wrong) in [
        (
            "tiny",
            &["128", "-129", "1.0", "1e1", "true", "\"1\"", "[]", "{}"][..],
        ),
        ("small", &["32768", "-32769"]),
        ("medium", &["2147483648", "-2147483649"]),
        (
            "large",
            &["9223372036854775808", "-9223372036854775809", "0.5"],
        ),
        ("byte", &["256", "-1"]),
        ("half", &["65536", "-1"]),
        ("natural", &["4294967296", "-1"]),
        ("real", &["3.5e38", "\"1\"", "true", "[1]"]),
        ("double", &["1e309", "-1e309", "\"1\"", "false"]),
        ("flag", &["1", "0", "\"true\"", "\"yes\""]),
        (
            "text",
            &["1", "true", "[]", "{}", r#""a\u0000b""#, r#""\ud800""#],
        ),
        (
            "uuid",
            &[
                "\"1\"",
                "1",
                "\"\"",
                "\"0190d3f7-0000-7000-8000-00000000000g\"",
            ],
        ),
        (
            "date",
            &[
                "\"2023-02-29\"",
                "\"29.2.2024\"",
                "\"\"",
                "20240229",
                "\"2024-02-29T00:00:00\"",
            ],
        ),
        ("time", &["\"24:00:00\"", "\"noon\"", "12"]),
        (
            "local",
            &["\"2024-02-29\"", "\"2024-02-29T12:00:00Z\"", "0"],
        ),
        (
            "moment",
            &["\"2024-02-29T12:00:00\"", "\"2024-02-29\"", "0", "\"now\""],
        ),
        (
            "bytes",
            &["\"%\"", "\"AP+/fw\"", "\"AP-_fw==\"", "[0, 255]", "0"],
        ),
        ("finish", &["\"high_gloss\"", "\"HighGloss\"", "\"\"", "1"]),
        (
            "points",
            &["{}", "[1]", r#"[{"x": 1}]"#, r#"[{"x": 1, "y": "2"}]"#],
        ),
    ] {
        for value in wrong.iter().chain(&["null"]) {
            let body = format!("{{\"{name}\": {value}}}");
            for (method, path) in [
                ("POST", "/samples"),
                ("PATCH", "/samples/1"),
                ("PUT", "/samples/1"),
            ] {
                let answer = api.text(method, path, &body).await;
                assert_eq!(answer.status, 400, "{method} {body}: {answer:?}");
                let pointer = format!("/{name}");
                let faults = answer.refused_at(WRONG, &[&pointer]);
                let named = format!("`{name}`: ");
                assert!(faults[0].detail.starts_with(&named), "{faults:?}");
            }
        }
    }
    for (name, wrong) in [
        ("tiny", &["128", "1.0", "x", "", "+1", "%201"][..]),
        ("double", &["NaN", "inf", "-inf", "x", "", "1e999"]),
        ("real", &["NaN", "infinity", "1e39"]),
        ("flag", &["1", "TRUE", ""]),
        ("text", &["a%00b"]),
        ("uuid", &["1", ""]),
        ("date", &["2023-02-29", ""]),
        ("moment", &["2024-02-29", ""]),
        ("bytes", &["%25"]),
        ("finish", &["high_gloss", ""]),
    ] {
        for value in wrong {
            let answer = api.get(&format!("/samples?{name}={value}")).await;
            assert_eq!(answer.status, 400, "{name}={value}: {answer:?}");
            let faults = answer.refused(400, "Invalid Query Parameter");
            assert_eq!(faults.len(), 1);
        }
    }
}

#[tokio::test]
async fn nothing_is_null_and_comes_back_as_null() {
    let local = samples().await;
    let api = local.api();
    let made = api.post("/maybes", &json!({})).await.expect(201).json();
    let names: Vec<_> = made["data"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(names.len(), 17);
    for name in names.iter().filter(|name| *name != "id") {
        assert_eq!(made["data"][name], Value::Null, "{name}");
        let values = VALUES.iter().find(|(column, _)| column == name).unwrap().1;
        let full = format!("{{\"{name}\": {}}}", values[0].0);
        api.text("PATCH", "/maybes/1", &full).await.expect(200);
        let full = api.get("/maybes/1").await.expect(200).json();
        assert_ne!(full["data"][name], Value::Null, "{name}");
        let answer = api.patch("/maybes/1", &json!({name.as_str(): null})).await;
        assert_eq!(answer.expect(200).json()["data"], made["data"], "{name}");
    }
    let maybes = local.database().select::<Maybe>().all().await.unwrap();
    assert!(maybes[0].moment.is_none() && maybes[0].points.is_none());
}

#[tokio::test]
async fn times_sort_as_time_goes() {
    let local = samples().await;
    let api = local.api();
    for moment in [
        "2024-01-01T00:00:00.5Z",
        "2024-01-01T00:00:00Z",
        "2023-12-31T23:30:00-01:00",
        "1969-01-01T00:00:00Z",
        "2024-01-01T01:00:00.000001+01:00",
    ] {
        let body = json!({"moment": moment});
        api.post("/samples", &body).await.expect(201);
    }
    let answer = api.get("/samples?sort=moment&fields=id").await.expect(200);
    let ids: Vec<_> = answer.json()["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["id"].as_i64().unwrap())
        .collect();
    assert_eq!(ids, [4, 2, 5, 1, 3]);
}

/// A moment in the year 10000 or before the year 0 has no four digits for its year; it may be refused, never half taken.
#[tokio::test]
async fn years_without_four_digits_are_taken_whole_or_refused() {
    let local = samples().await;
    let api = local.api();
    api.post("/samples", &json!({})).await.expect(201);
    for (name, value) in [
        ("moment", "9999-12-31T23:59:59-01:00"),
        ("moment", "0000-01-01T00:00:00+01:00"),
        ("date", "+10000-01-01"),
        ("date", "-0001-01-01"),
        ("local", "+10000-01-01T00:00:00"),
        ("local", "-0001-01-01T00:00:00"),
    ] {
        let answer = api.patch("/samples/1", &json!({name: value})).await;
        if answer.status == 200 {
            local.database().select::<Sample>().all().await.unwrap();
            api.get("/samples/1").await.expect(200);
            continue;
        }
        answer.refused_at(WRONG, &[&format!("/{name}")]);
    }
}

#[tokio::test]
async fn a_leap_second_is_taken_whole_or_refused() {
    let local = samples().await;
    let api = local.api();
    api.post("/samples", &json!({})).await.expect(201);
    for (name, value) in [
        ("moment", "2016-12-31T23:59:60Z"),
        ("local", "2016-12-31T23:59:60"),
        ("time", "23:59:60"),
    ] {
        let answer = api.patch("/samples/1", &json!({name: value})).await;
        if answer.status == 200 {
            local.database().select::<Sample>().all().await.unwrap();
            continue;
        }
        answer.refused_at(WRONG, &[&format!("/{name}")]);
    }
}

#[tokio::test]
async fn json_is_kept_as_it_was_sent() {
    let local = samples().await;
    let api = local.api();
    for sent in [
        r#"{"z": 123456789012345678901234567890, "a":5e-07,  "é": [1.0, -0]}"#,
        "[\n  1,\n\t2\n]",
        r#""a\u00e9\/""#,
        "1.10",
        "true",
        r#"{"a": 1, "a": 2}"#,
    ] {
        let body = format!("{{\"body\": {sent}, \"id\": 9}}");
        let path = "/documents/9";
        for (method, path, status) in [("PUT", path, 201), ("PUT", path, 200), ("PATCH", path, 200)]
        {
            let answer = api.text(method, path, &body).await.expect(status);
            assert_shows(&answer, "body", sent);
        }
        for path in [path, "/documents"] {
            let answer = api.get(path).await.expect(200);
            assert_shows(&answer, "body", sent);
        }
        api.delete(path).await.expect(204);
    }
}

/// What a struct cannot hold must be refused when it comes, not when it is shown.
#[tokio::test]
async fn json_that_is_taken_can_be_shown() {
    let local = samples().await;
    let api = local.api();
    for sent in ["1e400", "[-1e999]", r#"{"a": 1E+400}"#] {
        let body = format!("{{\"body\": {sent}}}");
        let answer = api.text("POST", "/documents", &body).await;
        if answer.status == 201 {
            let path = answer.header("location").unwrap();
            api.get(path).await.expect(200);
        } else {
            answer.refused_at(WRONG, &["/body"]);
        }
        api.get("/documents").await.expect(200);
    }
}

#[tokio::test]
async fn an_integer_key_is_assigned_by_the_database() {
    let local = samples().await;
    let api = local.api();
    let made = async |body: Value| {
        let answer = api.post("/maybes", &body).await.expect(201);
        let id = answer.json()["data"]["id"].as_i64().unwrap();
        assert_eq!(answer.made(), id.to_string());
        api.get(&format!("/maybes/{id}")).await.expect(200);
        id
    };
    assert_eq!(made(json!({})).await, 1);
    assert_eq!(made(json!({})).await, 2);
    assert_eq!(made(json!({"id": 77})).await, 77);
    // SQLite goes on after the largest key, PostgreSQL with its count, which passes over keys that are there.
    let next = match Kind::of_this_run() {
        Kind::Sqlite => 78,
        Kind::Postgres => 3,
    };
    assert_eq!(made(json!({})).await, next);
    assert_eq!(made(json!({"id": -5})).await, -5);
    assert_eq!(made(json!({"id": 0})).await, 0);
    assert_eq!(made(json!({"id": i64::MIN})).await, i64::MIN);
    api.post("/maybes", &json!({"id": null}))
        .await
        .refused_at(WRONG, &["/id"]);
}

#[tokio::test]
async fn a_text_key_may_have_any_character() {
    let local = samples().await;
    let api = local.api();
    for name in [
        "plain",
        "a/b",
        "é",
        "漢字",
        "two words",
        "50%",
        "%2F",
        "a+b",
        "a?b#c",
        "a;b,c",
        "\"'\\",
        "~.-_",
        "a\nb",
        "..a",
        "new",
        "0",
    ] {
        let made = api
            .post("/labels", &json!({"name": name}))
            .await
            .expect(201);
        let path = made.header("location").unwrap();
        assert_eq!(made.json()["links"]["self"], path);
        assert_eq!(
            path.matches('/').count(),
            2,
            "{name:?} is one part of the path: {path}"
        );
        let read = api.get(path).await.expect(200).json();
        assert_eq!(read["data"], json!({"name": name, "uses": 0}));
        assert_eq!(read["links"]["self"], path);
        api.patch(path, &json!({"uses": 3})).await.expect(200);
        let put = api.put(path, &json!({"name": name, "uses": 4})).await;
        assert_eq!(put.expect(200).json()["data"]["uses"], 4);
        let found = api
            .get(&format!(
                "/labels?name={}",
                in_url(&json!(name).to_string())
            ))
            .await;
        assert_eq!(
            found.expect(200).json()["data"],
            json!([{"name": name, "uses": 4}])
        );
        api.delete(path).await.expect(204);
        api.put(path, &json!({})).await.expect(201);
        let stored = local.database().find(Label::NAME.eq(name)).await.unwrap();
        assert_eq!(stored.unwrap().uses, 0);
        api.delete(path).await.expect(204);
    }
    let answer = api.post("/labels", &json!({})).await;
    assert_eq!(answer.refused_at(WRONG, &["/name"])[0].code, "required");
    api.get("/labels/a%00b").await.problem(404);
}

/// A record that no path leads to could never be read, changed or removed again.
#[tokio::test]
async fn a_record_that_was_made_is_found_where_it_is_said_to_be() {
    let local = samples().await;
    let api = local.api();
    for name in ["", ".", ".."] {
        let answer = api.post("/labels", &json!({"name": name})).await;
        if answer.status == 201 {
            let path = answer.header("location").unwrap();
            let read = api.get(path).await.expect(200).json();
            assert_eq!(read["data"]["name"], name, "at {path}");
        } else {
            answer.refused_at(WRONG, &["/name"]);
        }
    }
}

#[tokio::test]
async fn a_key_may_be_of_any_type_that_compares() {
    let local = Local::start::<(
        ByNumber,
        ByFlag,
        ByDate,
        ByTime,
        ByLocal,
        ByMoment,
        ByBlob,
        ByFinish,
        ByDouble,
    )>(|api| {
        api.resource::<ByNumber>()
            .resource::<ByFlag>()
            .resource::<ByDate>()
            .resource::<ByTime>()
            .resource::<ByLocal>()
            .resource::<ByMoment>()
            .resource::<ByBlob>()
            .resource::<ByFinish>()
            .resource::<ByDouble>()
    })
    .await;
    let api = local.api();
    for (path, key) in [
        ("/by-numbers", json!(255)),
        ("/by-flags", json!(true)),
        ("/by-dates", json!("2024-02-29")),
        ("/by-times", json!("12:30:00.000000")),
        ("/by-locals", json!("2024-02-29T12:30:00.000000")),
        ("/by-moments", json!("2024-02-29T12:30:00.000000+00:00")),
        ("/by-blobs", json!("AP+/fw==")),
        ("/by-finishes", json!("matt 2")),
        ("/by-doubles", json!(-1.5)),
    ] {
        let answer = api.post(path, &json!({"key": key})).await.expect(201);
        let location = answer.header("location").unwrap();
        let read = api.get(location).await;
        assert_eq!(read.status, 200, "{location}: {read:?}");
        assert_eq!(read.json()["data"]["key"], key);
        api.patch(location, &json!({"uses": 1})).await.expect(200);
        let again = api.post(path, &json!({"key": key})).await.problem(409);
        assert_eq!(again[0].pointer.as_deref(), Some("/key"));
        api.delete(location).await.expect(204);
    }
}
