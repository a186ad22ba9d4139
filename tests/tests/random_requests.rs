//! A hundred thousand random requests, half sense and half nonsense: none brings a panic or a 5xx, every refusal is a problem document,
//! and the API works on.
//!
//! The requests follow from a seed: `TOPCHEF_SEED` gives another, `TOPCHEF_REQUESTS` another number.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "what a test's helpers cannot do stops the test, and what came is of interest"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use axum::Router;
use axum::body::{Body, to_bytes};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Request};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use topchef_runtime::{
    Api, ApiError, Committed, Context, Input, Method, ModelResource, Next, Permit, Principal,
    Reply, Report, ResourceEnum, Tracked, Transaction, policies,
};
use topchef_tests::local::Store;
use topchef_tests::log::Log;
use tower::ServiceExt as _;
use uuid::Uuid;

macro_rules! example {
    ($name:ident, $path:literal) => {
        #[path = $path]
        #[allow(
            clippy::struct_field_names,
            dead_code,
            unreachable_pub,
            reason = "it is a program, which is started in other tests"
        )]
        mod $name;
    };
}
example!(invoice, "../../topchef-runtime/examples/invoice.rs");
example!(owner, "../../topchef-runtime/examples/owner.rs");
example!(post_only, "../../topchef-runtime/examples/post_only.rs");
example!(register, "../../topchef-runtime/examples/register.rs");
example!(simple, "../../topchef-runtime/examples/simple.rs");

#[derive(ModelResource, Debug)]
#[resource(
    rename_all = "camelCase",
    relations(books(has_many = Book, by = author_id), desk(has_one = Desk, by = author_id)),
    serial_fields(get = [id, first_name, loud(), books, desk], list = [id, first_name]),
    collection(search = [first_name], filter = [first_name, born], order_by = [first_name])
)]
struct Author {
    id: i64,
    #[resource(max_length = 20, min_length = 1)]
    first_name: String,
    born: Option<NaiveDate>,
    #[resource(write_only, default)]
    password: String,
}

impl Author {
    fn loud(&self) -> String {
        self.first_name.to_uppercase()
    }
}

/// With a column of most kinds.
#[derive(ModelResource, Debug)]
#[resource(
    url_prefix = "/api/v1",
    relations(author(belongs_to = Author, by = author_id), sequels(has_many = Book, by = prequel), prequel_book(belongs_to = Book, by = prequel)),
    collection(
        filter = [title, pages, price, ratio, author_id, colour, bought, token, lent, raw],
        sort = [id, title, pages, price, ratio, bought, moment],
        search = [title],
        page_size = 5,
        max_page_size = 20
    ),
    process_input(post = tidy),
    before_commit(patch = watch, delete = keep_some),
    after_commit(post = tell)
)]
struct Book {
    id: i64,
    #[resource(unique, max_length = 30, pattern = "^[^!]*$")]
    title: String,
    #[resource(minimum = 0, maximum = 10000, default = 1)]
    pages: i16,
    price: Option<Decimal>,
    ratio: Option<f64>,
    #[resource(references = Author)]
    author_id: Option<i64>,
    #[resource(references = Book)]
    prequel: Option<i64>,
    colour: Option<Colour>,
    bought: Option<NaiveDate>,
    #[resource(read_only, default = DateTime::UNIX_EPOCH, on_update = later)]
    moment: DateTime<Utc>,
    token: Option<Uuid>,
    #[resource(default)]
    lent: bool,
    #[resource(json)]
    extra: Option<Value>,
    raw: Option<Vec<u8>>,
    #[resource(format = "email")]
    mail: Option<String>,
    #[resource(version)]
    version: i64,
}

/// Not the time that it is: the requests must be the same again.
fn later() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::microseconds(1)
}

#[derive(ResourceEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum Colour {
    Red,
    Blue,
}

async fn tidy(_: &Context, book: &mut Input<Book>) -> Result<(), Report> {
    match book.get(Book::TITLE) {
        Ok(Some(title)) if title == "refused" => {
            Err(ApiError::deserialization("title", "taste", "is in bad taste").into())
        }
        _ => Ok(()),
    }
}

async fn watch(_: &Context, _: &mut Transaction, book: &mut Tracked<Book>) -> Result<Next, Report> {
    let pages = book.pages;
    if pages == 7 {
        book.set(Book::PAGES, 8_i16);
    }
    Ok(Next::Proceed)
}

async fn keep_some(
    _: &Context,
    _: &mut Transaction,
    book: &mut Tracked<Book>,
) -> Result<Next, Report> {
    if book.lent {
        return Ok(Next::Instead(Reply::no_content()));
    }
    Ok(Next::Proceed)
}

async fn tell(_: &Context, _: &mut Transaction, book: &Committed<Book>) -> Result<Next, Report> {
    match book.pages {
        3 => Ok(Next::Instead(Reply::json(
            http::StatusCode::ACCEPTED,
            &book.id,
        )?)),
        4 => Err(ApiError::forbidden("too late").into()),
        _ => Ok(Next::Proceed),
    }
}

/// A key of two columns, bare bodies.
#[derive(ModelResource, Debug)]
#[resource(envelope = "none", collection(page_size = 3))]
struct Line {
    #[resource(primary_key)]
    number: i32,
    #[resource(primary_key)]
    part: String,
    #[resource(default)]
    units: u32,
}

/// Its own policy, a key of text, a child written with it.
#[derive(ModelResource, Debug)]
#[resource(authorize = own, relations(drawers(has_many = Drawer, by = desk)))]
struct Desk {
    #[resource(primary_key, max_length = 10)]
    name: String,
    #[resource(default = "alice")]
    owner: String,
    #[resource(unique, references = Author)]
    author_id: Option<i64>,
}

async fn own(cx: &Context, _: Method) -> Result<Permit<Desk>, ApiError> {
    let me = cx.principal().ok_or_else(ApiError::unauthorized)?;
    Ok(Permit::rows(Desk::OWNER.eq(me.id())))
}

/// Part of a desk, not to be changed.
#[derive(ModelResource, Debug)]
#[resource(methods(get, list, post))]
struct Drawer {
    id: i64,
    #[resource(references = Desk)]
    desk: String,
    width: Option<f32>,
}

async fn by_header(parts: &Parts) -> Result<Option<Principal>, ApiError> {
    match parts.headers.get("x-user").map(HeaderValue::to_str) {
        None => Ok(None),
        Some(Ok(name)) => Ok(Some(Principal::new(name))),
        Some(Err(_)) => Err(ApiError::unauthorized()),
    }
}

/// An API that is tried.
#[derive(Clone, Copy)]
struct Subject {
    /// The paths of its collections.
    roots: &'static [&'static str],
    /// A body that the collection of this number takes.
    body: fn(&mut Random, usize) -> Value,
}

const OWN: Subject = Subject {
    roots: &["/authors", "/api/v1/books", "/lines", "/desks", "/drawers"],
    body: own_body,
};

const INVOICE: Subject = Subject {
    roots: &["/invoices", "/invoice-items"],
    body: |random, _| {
        let item = json!({"part_code": "a", "units": 1 + random.below(3), "unit_price": "9.99"});
        json!({"user_id": random.below(9), "invoice_date": "2020-01-02", "invoice_items": [item]})
    },
};

const OWNER: Subject = Subject {
    roots: &["/users", "/api/v1/orders", "/api/v2/orders", "/api/v2/jobs"],
    body: |random, root| match root {
        0 => json!({"name": random.of(&["alice", "bob", "ada"])}),
        _ => json!({"owner_id": 1 + random.below(3), "description": "a chair"}),
    },
};

const POST_ONLY: Subject = Subject {
    roots: &["/a-model-command"],
    body: |random, _| json!({"description": format!("d{}", random.next()), "num_variable": -5}),
};

const REGISTER: Subject = Subject {
    roots: &["/register"],
    body: |random, _| {
        let number = random.below(20);
        // To hash one takes its time.
        let password = if random.once_in(20) {
            "long enough"
        } else {
            "short"
        };
        json!({"username": format!("u{number}"), "email": format!("u{number}@b.example"), "password": password})
    },
};

const SIMPLE: Subject = Subject {
    roots: &["/authors", "/books"],
    body: |random, root| match root {
        0 => json!({"first_name": random.of(VALUES), "last_name": "Lovelace"}),
        _ => {
            json!({"title": random.of(VALUES), "pub_year": 1450 + random.below(600), "author_id": 1 + random.below(9)})
        }
    },
};

/// Names of columns, relations and methods, some of none.
const NAMES: &[&str] = &[
    "id",
    "firstName",
    "first_name",
    "born",
    "password",
    "books",
    "desk",
    "loud",
    "title",
    "pages",
    "price",
    "ratio",
    "author_id",
    "prequel",
    "colour",
    "bought",
    "moment",
    "token",
    "lent",
    "extra",
    "raw",
    "mail",
    "version",
    "author",
    "sequels",
    "prequel_book",
    "number",
    "part",
    "units",
    "name",
    "owner",
    "drawers",
    "width",
    "nothing",
    "delete",
    "__class__",
    "",
    "é",
    "a.b",
    "author.books",
    "last_name",
    "full_name",
    "isbn",
    "pub_year",
    "user_id",
    "invoice_date",
    "invoice_items",
    "part_code",
    "unit_price",
    "amount",
    "owner_id",
    "description",
    "num_variable",
    "username",
    "email",
    "$where",
    "id;--",
];

const OPERATORS: &[&str] = &[
    "eq", "ne", "gt", "ge", "lt", "le", "in", "like", "ilike", "notlike", "notilike", "null",
    "between", "", "EQ", "column",
];

const VALUES: &[&str] = &[
    "1",
    "0",
    "-1",
    "2",
    "3",
    "7",
    "a",
    "b",
    "Ada",
    "true",
    "false",
    "null",
    "",
    " ",
    "1.5",
    "-5",
    "9.99",
    "1e400",
    "-1e400",
    "NaN",
    "inf",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775809",
    "79228162514264337593543950336",
    "1e-30",
    "2020-02-30",
    "2020-02-29",
    "0000-00-00",
    "10000-01-01",
    "2020-01-01T00:00:00Z",
    "2020-01-01T24:00:00Z",
    "Red",
    "Blue",
    "red",
    "00000000-0000-0000-0000-000000000001",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "%",
    "%%%",
    "_",
    "\\",
    "\\\\",
    "%a%",
    "é",
    "🦀",
    "\u{0}",
    "\u{feff}",
    "\u{202e}",
    "'",
    "\"",
    "' OR 1=1 --",
    "\"x\"",
    "a,b",
    "(a",
    "a)",
    "AAAA",
    "=",
    "&",
    "..",
    ".",
    "/",
    "a/b",
    "refused",
    "a!b",
    "alice",
    "a@b.example",
    "W10",
    "-id",
    "id,-id",
];

/// `SplitMix64`: the same numbers from the same seed, everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap()
    }

    /// True once in so many times.
    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn of<T: Copy>(&mut self, among: &[T]) -> T {
        among[self.below(among.len())]
    }

    fn value(&mut self) -> String {
        match self.below(20) {
            0 => self.next().to_string(),
            1 => "x".repeat(self.below(300)),
            2 => self.garbage(12),
            3 => format!("{}{}", self.of(VALUES), self.of(VALUES)),
            _ => self.of(VALUES).to_owned(),
        }
    }

    /// Any characters.
    fn garbage(&mut self, most: usize) -> String {
        let length = self.below(most + 1);
        (0..length)
            .map(|_| {
                let code = match self.below(4) {
                    0 => self.below(0x20),
                    1 => self.below(0x80),
                    2 => self.below(0x800),
                    _ => self.below(0x11_0000),
                };
                u32::try_from(code)
                    .ok()
                    .and_then(char::from_u32)
                    .unwrap_or('\u{fffd}')
            })
            .collect()
    }
}

/// Percent-encodes, most often as one should; otherwise only what no URI can hold.
fn encoded(random: &mut Random, text: &str) -> String {
    let careless = random.once_in(4);
    let mut out = String::new();
    for byte in text.bytes() {
        let kept = if careless {
            byte.is_ascii_graphic() && !b"#<>\"\\^`{|}".contains(&byte)
        } else {
            byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
        };
        if kept {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").unwrap();
        }
    }
    if random.once_in(60) {
        out.push_str(random.of(&["%", "%2", "%zz", "%ff", "%00", "%c3%28", "+", "%ed%a0%80"]));
    }
    out
}

fn condition(random: &mut Random, depth: usize) -> String {
    match random.below(if depth == 0 { 4 } else { 8 }) {
        0..4 => {
            let operator = random.once_in(2).then(|| random.of(OPERATORS));
            let operator = operator
                .map(|operator| format!("[{operator}]"))
                .unwrap_or_default();
            let value = random.value();
            let value = if random.once_in(3) {
                format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
            } else {
                value
            };
            format!("{}{operator}={value}", random.of(NAMES))
        }
        4 => format!("not({})", condition(random, depth - 1)),
        5 => random
            .of(&["and(", "or()", "and(a", "((", "))", "not(,)"])
            .to_owned(),
        joined => {
            let parts: Vec<_> = (0..=random.below(4))
                .map(|_| condition(random, depth - 1))
                .collect();
            let join = if joined == 6 { "and" } else { "or" };
            format!("{join}({})", parts.join(","))
        }
    }
}

fn parameter(random: &mut Random, cursors: &[String]) -> String {
    let (name, value) = match random.below(14) {
        0 => ("sort".to_owned(), {
            let names: Vec<_> = (0..=random.below(3))
                .map(|_| format!("{}{}", random.of(&["", "-", "--", "+"]), random.of(NAMES)))
                .collect();
            names.join(",")
        }),
        1 => ("limit".to_owned(), random.value()),
        2 => ("offset".to_owned(), random.value()),
        3 => ("cursor".to_owned(), cursor(random, cursors)),
        4 | 5 => {
            let paths: Vec<_> = (0..=random.below(3))
                .map(|_| {
                    let steps: Vec<_> = (0..=random.below(4)).map(|_| random.of(NAMES)).collect();
                    steps.join(".")
                })
                .collect();
            (
                random.of(&["fields", "include"]).to_owned(),
                paths.join(","),
            )
        }
        6 => ("or".to_owned(), {
            let condition = condition(random, 4);
            if random.once_in(8) {
                condition
            } else {
                format!("({condition})")
            }
        }),
        7 => (
            random
                .of(&["q", "count", "meta", "explain", "debug"])
                .to_owned(),
            {
                if random.once_in(2) {
                    random.of(&["exact", "schema", "true"]).to_owned()
                } else {
                    random.value()
                }
            },
        ),
        8 => {
            let name = format!("{}[{}][column]", random.of(NAMES), random.of(OPERATORS));
            (name, random.of(NAMES).to_owned())
        }
        9 => (random.garbage(8), random.garbage(8)),
        10 | 11 => (random.of(NAMES).to_owned(), random.value()),
        _ => {
            let name = format!("{}[{}]", random.of(NAMES), random.of(OPERATORS));
            (name, random.value())
        }
    };
    let name = if random.once_in(5) {
        encoded(random, &name)
    } else {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_[].".contains(&byte);
        if name.bytes().all(is_plain) {
            name
        } else {
            encoded(random, &name)
        }
    };
    match random.below(30) {
        0 => name,
        1 => format!("={}", encoded(random, &value)),
        _ => format!("{name}={}", encoded(random, &value)),
    }
}

/// A cursor that was given out, or one like it.
fn cursor(random: &mut Random, cursors: &[String]) -> String {
    if cursors.is_empty() || random.once_in(6) {
        return random.value();
    }
    let mut cursor = cursors[random.below(cursors.len())].clone().into_bytes();
    match random.below(4) {
        0 => {}
        1 => cursor.truncate(random.below(cursor.len() + 1)),
        _ => {
            for _ in 0..=random.below(3) {
                let place = random.below(cursor.len());
                cursor[place] = random.of(b"AZaz09-_=.");
            }
        }
    }
    String::from_utf8(cursor).unwrap()
}

fn json_value(random: &mut Random, depth: usize) -> String {
    match random.below(if depth == 0 { 8 } else { 11 }) {
        0 => "null".to_owned(),
        1 => random.of(&["true", "false"]).to_owned(),
        2 => random
            .of(&[
                "0",
                "-0",
                "1",
                "3",
                "4",
                "7",
                "-5",
                "9.99",
                "1e2",
                "1E400",
                "-1e-400",
                "32768",
                "9007199254740993",
                "18446744073709551616",
                "0.1e",
                "01",
                "1.",
                "NaN",
                "123456789012345678901234567890.123456789",
            ])
            .to_owned(),
        3..8 => serde_json::to_string(&random.value()).unwrap(),
        8 => {
            let items: Vec<_> = (0..random.below(4))
                .map(|_| json_value(random, depth - 1))
                .collect();
            format!("[{}]", items.join(","))
        }
        _ => object(random, depth - 1),
    }
}

fn object(random: &mut Random, depth: usize) -> String {
    let members: Vec<_> = (0..random.below(6))
        .map(|_| {
            format!(
                "{}:{}",
                serde_json::to_string(random.of(NAMES)).unwrap(),
                json_value(random, depth)
            )
        })
        .collect();
    format!("{{{}}}", members.join(","))
}

/// What one of the resources here takes.
fn own_body(random: &mut Random, root: usize) -> Value {
    let number = random.below(40);
    match root {
        0 => json!({"firstName": format!("name {number}"), "born": "1920-01-02"}),
        1 => {
            json!({"title": format!("title {number}"), "pages": number, "price": "9.99", "colour": "Red", "extra": {"a": [1]}, "raw": "AAAA", "mail": "a@b.example"})
        }
        2 => json!({"number": number, "part": random.of(VALUES), "units": 3}),
        3 => {
            json!({"name": format!("d{number}"), "owner": "alice", "drawers": [{"width": 1.5}, {}]})
        }
        _ => json!({"desk": format!("d{number}"), "width": 0.25}),
    }
}

/// What a resource takes, now and then with something else in it.
fn sensible(random: &mut Random, subject: Subject, root: usize) -> String {
    let number = random.below(40);
    let mut body = (subject.body)(random, root);
    if random.once_in(3) {
        body["id"] = json!(number);
    }
    if random.once_in(2)
        && let Some(object) = body.as_object_mut()
    {
        let name = random.of(NAMES);
        if let Ok(value) = serde_json::from_str(&json_value(random, 3)) {
            object.insert(name.to_owned(), value);
        }
    }
    body.to_string()
}

fn body(random: &mut Random, subject: Subject, root: usize) -> Vec<u8> {
    match random.below(20) {
        0 => Vec::new(),
        1 => random.garbage(40).into_bytes(),
        2 => (0..random.below(40))
            .map(|_| random.next().to_le_bytes()[0])
            .collect(),
        3 => {
            let depth = random.of(&[10, 127, 128, 129, 2_000]);
            let (open, close) = random.of(&[("[", "]"), ("{\"a\":", "}")]);
            format!("{}1{}", open.repeat(depth), close.repeat(depth)).into_bytes()
        }
        4 => {
            let mut text = sensible(random, subject, root).into_bytes();
            let place = random.below(text.len());
            text[place] = random.of(b"\"{}[],:0a\\\x00\xff");
            text
        }
        5 | 6 => json_value(random, 4).into_bytes(),
        7 | 8 => object(random, 4).into_bytes(),
        9 | 10 => {
            let items: Vec<_> = (0..random.below(5))
                .map(|_| sensible(random, subject, root))
                .collect();
            format!("[{}]", items.join(",")).into_bytes()
        }
        _ => sensible(random, subject, root).into_bytes(),
    }
}

fn path(random: &mut Random, base: &str, of_record: bool, seen: &[String]) -> String {
    let of_record = of_record != random.once_in(10);
    let own: Vec<_> = seen.iter().filter(|path| path.starts_with(base)).collect();
    match random.below(16) {
        0..8 if !of_record => base.to_owned(),
        0..8 if !own.is_empty() => own[random.below(own.len())].clone(),
        8 | 9 if !seen.is_empty() => seen[random.below(seen.len())].clone(),
        10 => {
            let (first, second) = (random.value(), random.value());
            format!(
                "{base}/{}/{}",
                encoded(random, &first),
                encoded(random, &second)
            )
        }
        11 => random
            .of(&[
                "/",
                "//",
                "/authors/",
                "/authors//",
                "/authors/1/books",
                "/AUTHORS",
                "/..",
                "/authors/..",
                "/meta/books",
                "/openapi.json",
                "/docs",
                "/x",
            ])
            .to_owned(),
        12 => {
            let garbage = random.garbage(10);
            format!("/{}", encoded(random, &garbage))
        }
        13 => format!("{base}/{}", random.below(40)),
        _ => {
            let value = random.value();
            format!("{base}/{}", encoded(random, &value))
        }
    }
}

fn headers(random: &mut Random, tags: &[String]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let mut add = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
            headers.append(HeaderName::from_static(name), value);
        }
    };
    match random.below(12) {
        0 => {}
        1 => add(
            "content-type",
            random.of(&[
                "text/plain",
                "application/x-www-form-urlencoded",
                "application/json; charset=utf-16",
                "application/",
                "é",
                "multipart/form-data",
            ]),
        ),
        2 => add(
            "content-type",
            random.of(&[
                "application/merge-patch+json",
                "application/json-patch+json",
                "application/vnd.a+json",
            ]),
        ),
        _ => add("content-type", "application/json"),
    }
    if !random.once_in(10) {
        add(
            "x-user",
            random.of(&["alice", "alice", "alice", "bob", "ada", ""]),
        );
    }
    for name in ["if-match", "if-none-match"] {
        if random.once_in(8) {
            let value = match random.below(5) {
                0 => "*".to_owned(),
                1 => random
                    .of(&[
                        "W/\"1\"",
                        "\"1\"",
                        "\"1",
                        "1",
                        "\"a\", \"b\"",
                        ",",
                        "\"\"",
                        "*, *",
                        "\"a\"\"b\"",
                        "\"1.\"",
                        "\".\"",
                        "\"\\\"\"",
                    ])
                    .to_owned(),
                2 => random.garbage(10),
                _ if tags.is_empty() => "\"1\"".to_owned(),
                _ => tags[random.below(tags.len())].clone(),
            };
            add(name, &value);
        }
    }
    if random.once_in(8) {
        let key = match random.below(4) {
            0 => random.garbage(10),
            1 => "k".repeat(random.below(400)),
            _ => format!("key-{}", random.below(50)),
        };
        add("idempotency-key", &key);
        if random.once_in(10) {
            add("idempotency-key", "another");
        }
    }
    if random.once_in(40) {
        add(
            "content-length",
            random.of(&["0", "5", "99999999999", "-1", "x"]),
        );
    }
    if random.once_in(40) {
        add(
            "x-http-method-override",
            random.of(&["DELETE", "PATCH", "x"]),
        );
    }
    if random.once_in(40) {
        add("if-modified-since", &random.garbage(10));
        add("range", "bytes=0-1");
        add("accept", "text/html");
        add("expect", "100-continue");
    }
    headers
}

/// One request, so that it can be printed.
#[derive(Debug)]
struct Asked {
    method: String,
    target: String,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Asked {
    fn random(random: &mut Random, subject: Subject, seen: &Seen) -> Self {
        let root = random.below(subject.roots.len());
        let method = match random.below(24) {
            0..8 => "GET",
            8..14 => "POST",
            14..17 => "PATCH",
            17..20 => "PUT",
            20 | 21 => "DELETE",
            22 => "HEAD",
            _ => random.of(&["OPTIONS", "TRACE", "CONNECT", "QUERY", "get", "LOCK", "X"]),
        };
        let of_record = match method {
            "POST" => false,
            "PUT" | "PATCH" | "DELETE" => true,
            _ => random.once_in(2),
        };
        let mut target = path(random, subject.roots[root], of_record, &seen.paths);
        let is_read = matches!(method, "GET" | "HEAD");
        if random.once_in(if is_read { 2 } else { 8 }) || (is_read && random.once_in(2)) {
            let parameters: Vec<_> = (0..=random.below(4))
                .map(|_| parameter(random, &seen.cursors))
                .collect();
            target.push('?');
            target.push_str(&parameters.join("&"));
        }
        if is_read && random.once_in(10) && !seen.links.is_empty() {
            target.clone_from(&seen.links[random.below(seen.links.len())]);
        }
        Self {
            method: method.to_owned(),
            target,
            headers: headers(random, &seen.tags),
            body: if is_read && !random.once_in(20) {
                Vec::new()
            } else {
                body(random, subject, root)
            },
        }
    }

    /// None when it cannot even be a request.
    fn request(&self) -> Option<Request<Body>> {
        let mut request = Request::builder()
            .method(self.method.as_str())
            .uri(self.target.as_str());
        *request.headers_mut()? = self.headers.clone();
        request.body(Body::from(self.body.clone())).ok()
    }
}

impl std::fmt::Display for Asked {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let body = String::from_utf8_lossy(&self.body);
        write!(
            formatter,
            "{} {}\n{:#?}\n\n{body}",
            self.method, self.target, self.headers
        )
    }
}

/// What earlier answers gave that later requests use.
#[derive(Default)]
struct Seen {
    paths: Vec<String>,
    links: Vec<String>,
    cursors: Vec<String>,
    tags: Vec<String>,
}

/// How many are remembered of each.
const REMEMBERED: usize = 200;

fn remember(among: &mut Vec<String>, random: &mut Random, text: &str) {
    if among.len() < REMEMBERED {
        among.push(text.to_owned());
    } else {
        let place = random.below(REMEMBERED);
        text.clone_into(&mut among[place]);
    }
}

impl Seen {
    fn learn(&mut self, random: &mut Random, headers: &HeaderMap, body: &Value) {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        if let Some(location) = text("location") {
            remember(&mut self.paths, random, location);
        }
        if let Some(tag) = text("etag") {
            remember(&mut self.tags, random, tag);
        }
        for name in ["next", "prev"] {
            if let Some(link) = body["links"][name].as_str() {
                remember(&mut self.links, random, link);
                let mut parameters = link.split(['?', '&']);
                if let Some(cursor) = parameters.find_map(|it| it.strip_prefix("cursor=")) {
                    remember(&mut self.cursors, random, cursor);
                }
            }
        }
    }
}

/// What is wrong with an answer.
fn fault(asked: &Asked, status: u16, headers: &HeaderMap, text: &[u8]) -> Option<String> {
    let media_type = headers
        .get("content-type")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if status >= 500 {
        return Some("a server error".to_owned());
    }
    if (200..300).contains(&status) {
        let is_json = media_type == "application/json" && asked.method != "HEAD";
        let wrong = is_json.then(|| serde_json::from_slice::<Value>(text).err());
        return wrong
            .flatten()
            .map(|error| format!("a success that is no JSON: {error}"));
    }
    if (300..400).contains(&status) {
        return (!text.is_empty()).then(|| "a redirection with a body".to_owned());
    }
    // What the example says in place of the record.
    if status == 419 && asked.target.starts_with("/a-model-command") {
        return None;
    }
    if media_type != "application/problem+json" {
        return Some(format!("a refusal of the type {media_type:?}"));
    }
    if asked.method == "HEAD" {
        return None;
    }
    let Ok(document) = serde_json::from_slice::<Value>(text) else {
        return Some("a refusal that is no JSON".to_owned());
    };
    let whole = document["status"] == status
        && ["type", "title", "detail"]
            .iter()
            .all(|key| document[key].as_str().is_some_and(|text| !text.is_empty()))
        && document["errors"]
            .as_array()
            .is_some_and(|errors| !errors.is_empty());
    if !whole {
        return Some("a refusal that is no whole problem document".to_owned());
    }
    let text = String::from_utf8_lossy(text).to_lowercase();
    let told = [
        "sqlite",
        "select \"",
        "insert into",
        "constraint failed",
        "panicked",
        "/root",
        ".rs:",
    ];
    // What a client wrote itself may be quoted.
    let sent = format!("{asked}").to_lowercase();
    told.iter()
        .find(|word| text.contains(**word) && !sent.contains(**word))
        .map(|word| format!("a refusal that tells {word:?}"))
}

async fn api() -> (Router, Store) {
    let store = Store::new::<(Author, Book, Line, Desk, Drawer)>().await;
    let api = Api::new(store.database().clone())
        .resource::<Author>()
        .resource::<Book>()
        .resource::<Line>()
        .resource::<Desk>()
        .resource::<Drawer>()
        .max_body_bytes(64 * 1024)
        .authenticated(by_header, policies::anybody);
    (api.into_router(), store)
}

/// Sends random requests; what went wrong is told with the seed, the number of the request, and the request.
async fn try_all(
    router: &Router,
    subject: Subject,
    seed: u64,
    requests: usize,
) -> BTreeMap<u16, usize> {
    let mut random = Random(seed);
    let mut learnt = Seen::default();
    let mut statuses = BTreeMap::new();
    let log = Log::of_errors();
    for number in 0..requests {
        let asked = Asked::random(&mut random, subject, &learnt);
        let Some(request) = asked.request() else {
            *statuses.entry(0).or_default() += 1;
            continue;
        };
        let began = Instant::now();
        let response = router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let status = parts.status.as_u16();
        let text = to_bytes(body, usize::MAX).await.unwrap();
        let took = began.elapsed();
        let fault = fault(&asked, status, &parts.headers, &text)
            .or_else(|| (took.as_secs() >= 10).then(|| format!("an answer after {took:?}")));
        if let Some(fault) = fault {
            let text = String::from_utf8_lossy(&text);
            let log = log.take();
            panic!(
                "{fault}: {status} {text}\nto request {number} of seed {seed}:\n{asked}\nlog: {log:#?}"
            );
        }
        log.take();
        *statuses.entry(status).or_default() += 1;
        if status < 300 {
            let body = serde_json::from_slice(&text).unwrap_or_default();
            learnt.learn(&mut random, &parts.headers, &body);
        }
    }
    statuses
}

fn number(name: &str, otherwise: u64) -> u64 {
    let text = std::env::var_os(name);
    let number = text.and_then(|text| text.to_str()?.parse().ok());
    number.unwrap_or(otherwise)
}

/// A hundredth of the requests.
fn hundredth() -> usize {
    usize::try_from(number("TOPCHEF_REQUESTS", 100_000) / 100).unwrap()
}

/// Counts panics, of any thread and whether somebody catches them or not.
#[derive(Clone, Default)]
struct Panics {
    number: Arc<AtomicUsize>,
    last: Arc<Mutex<String>>,
}

impl Panics {
    fn count() -> Self {
        let panics = Self::default();
        let counted = panics.clone();
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            counted.number.fetch_add(1, Ordering::SeqCst);
            *counted.last.lock().unwrap() = panic.to_string();
            before(panic);
        }));
        panics
    }

    fn assert_none(&self) {
        let number = self.number.load(Ordering::SeqCst);
        assert_eq!(number, 0, "{}", self.last.lock().unwrap());
    }
}

/// One test, so that requests of no other take its time or panic in it.
#[tokio::test]
async fn no_request_breaks_anything() {
    let panics = Panics::count();
    let seed = number("TOPCHEF_SEED", 20_261_122);
    let (router, store) = api().await;
    let database = store.database();
    tried("own", &router, OWN, seed, 60 * hundredth()).await;
    panics.assert_none();
    works(&router).await;
    let authors = database.select::<Author>().limit(u64::MAX).all();
    let authors = authors.await.unwrap().len() as u64;
    assert_eq!(authors, database.select::<Author>().count().await.unwrap());
    let drifts = database.compare::<(Author, Book, Line, Desk, Drawer)>();
    assert_eq!(drifts.await.unwrap(), []);
    macro_rules! examples {
        ($($name:ident: $subject:ident, $share:literal;)*) => { $(
            let store = Store::empty().await;
            $name::tables(store.database()).await.unwrap();
            let router = $name::api(store.database().clone()).into_router();
            tried(stringify!($name), &router, $subject, seed, $share * hundredth()).await;
            panics.assert_none();
        )* };
    }
    examples! {
        invoice: INVOICE, 12;
        owner: OWNER, 12;
        post_only: POST_ONLY, 2;
        register: REGISTER, 2;
        simple: SIMPLE, 12;
    }
}

/// Tries an API, and says what came.
async fn tried(name: &str, router: &Router, subject: Subject, seed: u64, requests: usize) {
    let began = Instant::now();
    let statuses = try_all(router, subject, seed, requests).await;
    println!(
        "{name}: {requests} requests in {:?}: {statuses:?}",
        began.elapsed()
    );
    // Sense and nonsense both came through.
    let succeeded = statuses.iter();
    let succeeded = succeeded.filter(|(status, _)| matches!(status, 200..300 | 419));
    let succeeded: usize = succeeded.map(|(_, count)| count).sum();
    assert!(succeeded * 400 > requests, "{name}: {statuses:?}");
    assert!(
        statuses.contains_key(&400) && statuses.contains_key(&404),
        "{name}: {statuses:?}"
    );
}

/// That every method of a resource does what it should.
async fn works(router: &Router) {
    let send = async |method: &str, target: &str, body: Value| {
        let request = Request::builder()
            .method(method)
            .uri(target)
            .header("content-type", "application/json");
        let request = request
            .header("x-user", "alice")
            .body(Body::from(body.to_string()))
            .unwrap();
        router.clone().oneshot(request).await.unwrap()
    };
    let posted = send("POST", "/authors", json!({"firstName": "after all"})).await;
    assert_eq!(posted.status(), 201);
    let path = posted.headers()["location"].to_str().unwrap().to_owned();
    for (method, body, due) in [
        ("GET", json!(null), 200),
        ("PATCH", json!({"born": "2000-01-01"}), 200),
        ("PUT", json!({"firstName": "again"}), 200),
        ("DELETE", json!(null), 204),
        ("GET", json!(null), 404),
    ] {
        assert_eq!(send(method, &path, body).await.status(), due, "{method}");
    }
    for root in OWN.roots {
        assert_eq!(send("GET", root, json!(null)).await.status(), 200, "{root}");
    }
}

#[test]
fn a_seed_gives_the_same_requests_again() {
    let requests = |seed| {
        let mut random = Random(seed);
        let seen = Seen::default();
        (0..500)
            .map(|_| Asked::random(&mut random, OWN, &seen).to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(requests(1), requests(1));
    assert_ne!(requests(1), requests(2));
}
