//! Collections against a plain evaluation in memory: random rows, conditions, orders, pages and walks by cursors.
//!
//! What a query means is written here a second time, over plain values, and knows no SQL.

#![expect(
    clippy::unwrap_used,
    reason = "what a test's helpers cannot do stops the test"
)]

mod samples;

use std::fmt::Write as _;

use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use serde_json::Value as Json;
use topchef_tests::Api;
use topchef_tests::local::{Local, Resourceful};

use samples::{COLUMNS, Cell, Sample, cell, cells, rows, written};

/// A condition, as a client thinks of it.
#[derive(Clone, Debug)]
enum Condition {
    Compare(usize, &'static str, Cell),
    Columns(usize, &'static str, usize),
    In(usize, Vec<Cell>),
    Like(usize, &'static str, String),
    Null(usize, bool),
    And(Vec<Condition>),
    Or(Vec<Condition>),
    Not(Box<Condition>),
}

/// One of a row's values against another: unknown when one is null.
fn compared(left: &Cell, word: &str, right: &Cell) -> Option<bool> {
    let ordering = left.compare(right)?;
    Some(match word {
        "eq" => ordering.is_eq(),
        "ne" => ordering.is_ne(),
        "lt" => ordering.is_lt(),
        "le" => ordering.is_le(),
        "gt" => ordering.is_gt(),
        _ => ordering.is_ge(),
    })
}

/// Whether a text has a form: tried from the left, character by character.
fn is_like(text: &[char], pattern: &[char]) -> bool {
    match pattern {
        [] => text.is_empty(),
        ['%', rest @ ..] => (0..=text.len()).any(|skipped| is_like(&text[skipped..], rest)),
        ['_', rest @ ..] => !text.is_empty() && is_like(&text[1..], rest),
        ['\\', exactly, rest @ ..] | [exactly, rest @ ..] => {
            text.first() == Some(exactly) && is_like(&text[1..], rest)
        }
    }
}

fn characters(text: &str, lower: bool) -> Vec<char> {
    let text = text.chars();
    text.map(|character| {
        if lower {
            character.to_ascii_lowercase()
        } else {
            character
        }
    })
    .collect()
}

/// One that is `deciding` decides; otherwise one that is unknown leaves all unknown.
fn decided(conditions: &[Condition], row: &[Cell], deciding: bool) -> Option<bool> {
    let found: Vec<_> = conditions.iter().map(|one| one.holds(row)).collect();
    if found.contains(&Some(deciding)) {
        return Some(deciding);
    }
    (!found.contains(&None)).then_some(!deciding)
}

impl Condition {
    /// Whether it holds of a row: of what is null nothing is known.
    fn holds(&self, row: &[Cell]) -> Option<bool> {
        match self {
            Self::Compare(column, word, value) => compared(&row[*column], word, value),
            Self::Columns(left, word, right) => compared(&row[*left], word, &row[*right]),
            Self::In(column, values) => match &row[*column] {
                Cell::Null => None,
                value => Some(
                    values
                        .iter()
                        .any(|one| value.compare(one) == Some(std::cmp::Ordering::Equal)),
                ),
            },
            Self::Like(column, word, pattern) => {
                let Cell::Text(text) = &row[*column] else {
                    return None;
                };
                let lower = word.ends_with("ilike");
                let like = is_like(&characters(text, lower), &characters(pattern, lower));
                Some(like != word.starts_with("not"))
            }
            Self::Null(column, null) => Some(matches!(row[*column], Cell::Null) == *null),
            Self::And(all) => decided(all, row, false),
            Self::Or(any) => decided(any, row, true),
            Self::Not(condition) => condition.holds(row).map(|holds| !holds),
        }
    }

    /// As it stands in a group.
    fn grouped(&self) -> String {
        let many = |word: &str, conditions: &[Self]| {
            let inside: Vec<_> = conditions.iter().map(Self::grouped).collect();
            format!("{word}({})", inside.join(","))
        };
        match self {
            Self::And(all) => many("and", all),
            Self::Or(any) => many("or", any),
            Self::Not(condition) => format!("not({})", condition.grouped()),
            leaf => {
                let (name, value) = leaf.pair();
                format!("{name}={}", quoted(&value))
            }
        }
    }

    /// The name and the value of one that is no group.
    fn pair(&self) -> (String, String) {
        let name = |column: &usize| COLUMNS[*column].wire;
        match self {
            Self::Compare(column, "eq", value) => (name(column).to_owned(), written(value)),
            Self::Compare(column, word, value) => {
                (format!("{}[{word}]", name(column)), written(value))
            }
            Self::Columns(left, word, right) => (
                format!("{}[{word}][column]", name(left)),
                name(right).to_owned(),
            ),
            Self::In(column, values) => {
                let items: Vec<_> = values.iter().map(|value| quoted(&written(value))).collect();
                (format!("{}[in]", name(column)), items.join(","))
            }
            Self::Like(column, word, pattern) => {
                (format!("{}[{word}]", name(column)), pattern.clone())
            }
            Self::Null(column, null) => (format!("{}[null]", name(column)), null.to_string()),
            group => ("or".to_owned(), format!("({})", group.grouped())),
        }
    }
}

fn quoted(value: &str) -> String {
    if !value.is_empty() && !value.contains([',', '(', ')', '"']) {
        return value.to_owned();
    }
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").unwrap();
        }
    }
    out
}

/// A question about all rows.
#[derive(Clone, Debug)]
struct Question {
    conditions: Vec<Condition>,
    order: Vec<(usize, bool)>,
    limit: usize,
    offset: usize,
}

impl Question {
    /// The conditions and the order as a query string; a condition outside groups asks about each thing once.
    fn text(&self) -> String {
        let mut text = String::new();
        let mut names = Vec::new();
        for condition in &self.conditions {
            let (name, value) = condition.pair();
            if names.contains(&name) {
                write!(
                    text,
                    "or={}&",
                    encoded(&format!("({})", condition.grouped()))
                )
                .unwrap();
            } else {
                write!(text, "{}={}&", encoded(&name), encoded(&value)).unwrap();
            }
            if name != "or" {
                names.push(name);
            }
        }
        let order = self.order.iter().map(|&(column, descending)| {
            format!(
                "{}{}",
                if descending { "-" } else { "" },
                COLUMNS[column].wire
            )
        });
        let order = order.collect::<Vec<_>>().join(",");
        text + &format!("sort={order}")
    }

    /// The keys of all rows that it is about, in its order.
    fn answer(&self, rows: &[Sample]) -> Vec<i64> {
        let mut rows: Vec<_> = rows.iter().map(cells).collect();
        rows.retain(|row| {
            let mut conditions = self.conditions.iter();
            conditions.all(|condition| condition.holds(row) == Some(true))
        });
        rows.sort_by(|one, other| {
            let order = self.order.iter().map(|&(column, descending)| {
                let ordering = one[column].sorted(&other[column]);
                if descending {
                    ordering.reverse()
                } else {
                    ordering
                }
            });
            let by_key = one[0].sorted(&other[0]);
            order
                .chain([by_key])
                .find(|ordering| ordering.is_ne())
                .unwrap_or(by_key)
        });
        let key = |row: &Vec<Cell>| match row[0] {
            Cell::Integer(key) => key,
            _ => 0,
        };
        rows.iter().map(key).collect()
    }
}

fn of_kind(column: usize) -> impl Strategy<Value = Condition> {
    let value = || cell(column);
    let words = if COLUMNS[column].ordered {
        &["eq", "ne", "lt", "le", "gt", "ge"][..]
    } else {
        &["eq", "ne"]
    };
    let words = || proptest::sample::select(words);
    let partners: Vec<_> = (0..COLUMNS.len())
        .filter(|&other| COLUMNS[other].group == COLUMNS[column].group)
        .collect();
    let patterns = || {
        let words = proptest::sample::select(&["like", "ilike", "notlike", "notilike"][..]);
        (words, pattern()).prop_map(move |(word, pattern)| Condition::Like(column, word, pattern))
    };
    let many = proptest::collection::vec(value(), 1..4);
    let compare =
        (words(), value()).prop_map(move |(word, value)| Condition::Compare(column, word, value));
    let columns = (words(), proptest::sample::select(partners))
        .prop_map(move |(word, other)| Condition::Columns(column, word, other));
    let other = prop_oneof![
        columns,
        many.prop_map(move |values| Condition::In(column, values)),
        any::<bool>().prop_map(move |null| Condition::Null(column, null)),
    ];
    if COLUMNS[column].group == "text" {
        prop_oneof![compare, other, patterns(), patterns()].boxed()
    } else {
        prop_oneof![compare, other].boxed()
    }
}

fn pattern() -> impl Strategy<Value = String> {
    const PARTS: &[&str] = &[
        "a", "A", "b", "é", "É", "%", "_", "\\%", "\\_", "\\\\", "\\a", "*", "?", "[", "]", "\"",
        ",",
    ];
    let parts = proptest::collection::vec(proptest::sample::select(PARTS), 0..6);
    parts.prop_map(|parts| parts.concat())
}

fn condition() -> impl Strategy<Value = Condition> {
    let leaf = (0..COLUMNS.len()).prop_flat_map(of_kind);
    leaf.prop_recursive(3, 12, 3, |inner| {
        let some = || proptest::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            some().prop_map(Condition::And),
            some().prop_map(Condition::Or),
            inner.clone().prop_map(|one| Condition::Not(Box::new(one))),
        ]
    })
}

fn question() -> impl Strategy<Value = Question> {
    let order = proptest::sample::subsequence((0..COLUMNS.len()).collect::<Vec<_>>(), 0..4)
        .prop_shuffle()
        .prop_flat_map(|columns| {
            let directions = proptest::collection::vec(any::<bool>(), columns.len());
            directions.prop_map(move |directions| {
                columns.iter().copied().zip(directions).collect::<Vec<_>>()
            })
        });
    let conditions = proptest::collection::vec(condition(), 0..3);
    (conditions, order, 1..9_usize, 0..12_usize).prop_map(|(conditions, order, limit, offset)| {
        Question {
            conditions,
            order,
            limit,
            offset,
        }
    })
}

fn keys(answer: &Json) -> Vec<i64> {
    let rows = answer["data"].as_array().unwrap();
    rows.iter().map(|row| row["id"].as_i64().unwrap()).collect()
}

fn link(answer: &Json, name: &str) -> Option<String> {
    answer["links"][name].as_str().map(str::to_owned)
}

async fn page(api: &Api, path: &str) -> Json {
    api.get(path).await.expect(200).json()
}

/// Follows a link of each page to the end, and gives the pages.
async fn walked(api: &Api, path: String, name: &str) -> Vec<Json> {
    let mut pages = vec![page(api, &path).await];
    while let Some(next) = pages.last().and_then(|last| link(last, name)) {
        assert!(pages.len() < 1000, "the pages do not end: {next}");
        pages.push(page(api, &next).await);
    }
    pages
}

async fn check(api: &Api, rows: &[Sample], question: &Question) -> TestCaseResult {
    let due = question.answer(rows);
    let text = question.text();
    let Question { limit, offset, .. } = *question;
    let found = page(api, &format!("/samples?{text}&limit=200&count=exact")).await;
    prop_assert_eq!(&keys(&found), &due, "{}", text);
    prop_assert_eq!(&found["meta"]["total"], due.len());

    let found = page(
        api,
        &format!("/samples?{text}&limit={limit}&offset={offset}&fields=id"),
    )
    .await;
    let due_here: Vec<_> = due.iter().skip(offset).take(limit).copied().collect();
    prop_assert_eq!(&keys(&found), &due_here, "{} at {}", text, offset);
    prop_assert_eq!(link(&found, "next").is_some(), due.len() > offset + limit);

    let first = format!("/samples?limit={limit}&{text}&cursor=");
    let pages = walked(api, first, "next").await;
    let seen: Vec<_> = pages.iter().flat_map(keys).collect();
    prop_assert_eq!(&seen, &due, "by cursors: {}", text);
    prop_assert_eq!(link(&pages[0], "prev"), None);

    // Back from the last page, every row before it comes once more, in the same order.
    let Some(back) = link(pages.last().unwrap(), "prev") else {
        prop_assert_eq!(pages.len(), 1);
        return Ok(());
    };
    let mut pages_back = walked(api, back, "prev").await;
    pages_back.reverse();
    let seen: Vec<_> = pages_back.iter().flat_map(keys).collect();
    let before = due.len() - keys(pages.last().unwrap()).len();
    prop_assert_eq!(&seen, &due[..before], "backward: {}", text);
    let again = page(api, &link(pages_back.last().unwrap(), "next").unwrap()).await;
    prop_assert_eq!(keys(&again), keys(pages.last().unwrap()));
    Ok(())
}

async fn served(rows: &[Sample]) -> Local {
    let local = Local::start::<Sample>(Resourceful::resource::<Sample>).await;
    let mut tx = local.database().transaction().await.unwrap();
    for row in rows {
        tx.insert(row).await.unwrap();
    }
    tx.commit().await.unwrap();
    local
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        max_shrink_iters: 200,
        ..ProptestConfig::default()
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Runtime::new().unwrap()
}

proptest! {
    #![proptest_config(config(30))]

    #[test]
    fn a_collection_answers_as_a_plain_evaluation_does(
        rows in rows(),
        questions in proptest::collection::vec(question(), 6),
    ) {
        runtime().block_on(async {
            let local = served(&rows).await;
            let api = local.api();
            for question in &questions {
                check(&api, &rows, question).await?;
            }
            Ok::<(), TestCaseError>(())
        })?;
    }
}

/// Rows with these keys stay; rows behind them come and go.
const STAYING: i64 = 120;

fn staying(key: i64) -> Sample {
    Sample::numbered(key)
}

#[tokio::test]
async fn cursors_walk_over_every_row_once_while_others_come_and_go() {
    for order in [
        "",
        "level",
        "-level",
        "ratio,-label",
        "-label,price",
        "-price,token",
        "moment,-day",
        "-oldPrice,-otherLabel,-id",
        "small,moment",
        "-otherLabel,-amount,token",
    ] {
        let rows: Vec<_> = (1..=STAYING).map(staying).collect();
        let local = served(&rows).await;
        let api = local.api();
        let mut others: Vec<i64> = Vec::new();
        let mut seen = Vec::new();
        let mut next = Some(format!("/samples?cursor=&limit=7&sort={order}"));
        let mut turn = 0;
        while let Some(path) = next {
            let answer = page(&api, &path).await;
            let here = keys(&answer);
            seen.extend(here.iter().copied().filter(|key| *key <= STAYING));
            next = link(&answer, "next");
            turn += 1;
            assert!(turn < 200, "the pages do not end: {order}");
            let mut tx = local.database().transaction().await.unwrap();
            // The row that the next page begins after may be gone by then.
            let gone = here.last().copied().filter(|key| others.contains(key));
            for key in gone.into_iter().chain(others.first().copied()) {
                if others.contains(&key) {
                    others.retain(|other| *other != key);
                    let row = tx.get::<Sample>(key).await.unwrap().unwrap();
                    tx.delete(&*row).await.unwrap();
                }
            }
            for number in 0..3 {
                let key = STAYING + turn * 10 + number;
                tx.insert(&Sample {
                    id: key,
                    ..staying(key * 7 % 31)
                })
                .await
                .unwrap();
                others.push(key);
            }
            tx.commit().await.unwrap();
            // What is inserted before the walk ends may be met; it must end all the same.
            if turn > 60 {
                break;
            }
        }
        seen.sort_unstable();
        let due: Vec<_> = (1..=STAYING).collect();
        assert_eq!(seen, due, "sorted by {order}");
    }
}

proptest! {
    #![proptest_config(config(20))]

    #[test]
    fn whatever_is_asked_is_no_failure_of_the_server(queries in proptest::collection::vec(hostile(), 25)) {
        runtime().block_on(async {
            let local = served(&[Sample::numbered(1)]).await;
            let api = local.api();
            for query in &queries {
                for path in ["/samples", "/samples/1"] {
                    let answer = api.get(&format!("{path}?{query}")).await;
                    prop_assert!(answer.status < 500, "{}: {:?}", query, answer);
                    if answer.status >= 400 {
                        answer.problem(answer.status);
                    }
                }
            }
            Ok::<(), TestCaseError>(())
        })?;
    }
}

/// Pieces of the grammar in no order.
fn hostile() -> impl Strategy<Value = String> {
    let pieces = [
        "or=",
        "and(",
        "or(",
        "not(",
        "(",
        ")",
        ",",
        "=",
        "&",
        "[",
        "]",
        "[in]",
        "[gt]",
        "[column]",
        "[like]",
        "[null]",
        "id",
        "label",
        "level",
        "price",
        "moment",
        "flag",
        "secret",
        "sort=",
        "-",
        "limit=",
        "offset=",
        "cursor=",
        "fields=",
        "include=",
        "q=",
        "count=exact",
        "meta=schema",
        "explain=true",
        "%",
        "%25",
        "%00",
        "%ff",
        "%22",
        "%5c",
        "%zz",
        "+",
        "1",
        "-1",
        "9223372036854775808",
        "1e999",
        "NaN",
        "true",
        "2026-11-22",
        "WyJ4IixmYWxzZSwxXQ",
        "'",
        ";--",
        "%F0%9F%A6%80",
        ".",
        "*",
        "_",
    ];
    let pieces = pieces.map(str::to_owned).to_vec();
    let piece = proptest::sample::select(pieces);
    proptest::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

#[tokio::test]
async fn long_and_deep_questions_are_refused() {
    let local = served(&[]).await;
    let api = local.api();
    let nested = |depth: usize| {
        format!(
            "or={}id=1{}",
            "(or".repeat(depth).trim_end_matches("or"),
            ")".repeat(depth)
        )
    };
    let deep = |depth: usize| {
        let inside = (0..depth).fold("id=1".to_owned(), |inside, _| format!("not({inside})"));
        format!("or=({inside})")
    };
    for query in [
        nested(3000),
        nested(6),
        deep(3000),
        format!("or=({})", vec!["id=1"; 5000].join(",")),
        vec!["id[gt]=1"; 2000].join("&"),
        format!("id[in]={}", vec!["1"; 20_000].join(",")),
        format!("label[like]={}", "%25_".repeat(5000)),
        format!("q={}", "a+".repeat(10_000)),
        format!("fields={}", vec!["nope"; 10_000].join(",")),
        format!("fields={}", vec!["a"; 10_000].join(".")),
        format!("include={}", vec!["a"; 10_000].join(".")),
        format!("sort={}", vec!["id"; 10_000].join(",")),
        format!("cursor={}", "A".repeat(50_000)),
        format!("or={}", "(".repeat(50_000)),
        format!("label={}", "%22".repeat(10_000)),
    ] {
        let answer = api.get(&format!("/samples?{query}")).await;
        let start: String = query.chars().take(40).collect();
        assert!(
            (200..500).contains(&answer.status),
            "{start}: {}",
            answer.status
        );
        assert!(answer.text.len() < 64 * 1024, "{start}");
        assert!(answer.took.as_secs() < 5, "{start}: {:?}", answer.took);
    }
}
