//! Tables made of structs, and tables that have drifted from them.
//!
//! It knows the runtime's public surface alone.

#![expect(
    clippy::unwrap_used,
    reason = "what a test's helpers cannot do stops the test"
)]

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use rust_decimal::Decimal;
use topchef_runtime::schema::Resources;
use topchef_runtime::{Database, ModelResource};
use uuid::Uuid;

/// Every type that a column can have.
#[derive(ModelResource)]
struct Sample {
    id: i64,
    small: i8,
    large: u32,
    real: f32,
    double: Option<f64>,
    price: Option<Decimal>,
    boolean: bool,
    text: String,
    uuid: Uuid,
    date: NaiveDate,
    time: NaiveTime,
    date_time: NaiveDateTime,
    moment: DateTime<Utc>,
    bytes: Vec<u8>,
    json: serde_json::Value,
}

#[derive(ModelResource)]
struct Author {
    id: Uuid,
    #[resource(references = Author)]
    mentor_id: Option<Uuid>,
    #[resource(unique, column = "pen_name")]
    name: String,
}

#[derive(ModelResource)]
struct Book {
    id: Uuid,
    #[resource(references = Author)]
    author_id: Uuid,
    #[resource(index)]
    title: String,
    #[resource(unique)]
    price: Decimal,
    #[resource(version)]
    version: i64,
}

#[derive(ModelResource)]
struct Line {
    #[resource(primary_key)]
    order_id: i64,
    #[resource(primary_key)]
    number: i32,
    #[resource(references = Book)]
    book_id: Uuid,
}

/// What is said of a database with these tables; empty statements make nothing.
async fn drifts<R: Resources>(tables: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("drift.db");
    let database = Database::sqlite(&path).open().await.unwrap();
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection
        .create_collation("DECIMAL", |left: &str, right: &str| left.cmp(right))
        .unwrap();
    connection.execute_batch(tables).unwrap();
    let drifts = database.compare::<R>().await.unwrap();
    drifts.iter().map(ToString::to_string).collect()
}

/// The beginning of each message, in order.
#[track_caller]
fn assert_begin(drifts: &[String], expected: &[&str]) {
    let alike = drifts.len() == expected.len()
        && drifts
            .iter()
            .zip(expected)
            .all(|(drift, begin)| drift.starts_with(begin));
    assert!(alike, "{drifts:#?}\nare not\n{expected:#?}");
}

#[tokio::test]
async fn tables_that_were_made_of_structs_fit_them() {
    let database = Database::temporary().await.unwrap();
    database
        .create_tables::<(Line, Book, Author, Sample)>()
        .await
        .unwrap();
    let drifts = database
        .compare::<(Author, Book, Line, Sample)>()
        .await
        .unwrap();
    assert_eq!(drifts, []);
    // Once more, in another order, changes nothing.
    database
        .create_tables::<(Sample, Author, Book, Line)>()
        .await
        .unwrap();
    assert_eq!(database.compare::<(Author, Book)>().await.unwrap(), []);
}

#[tokio::test]
async fn a_table_that_is_missing_is_one_drift() {
    assert_eq!(
        drifts::<Author>("").await,
        ["the table `authors` is missing: make it, or name another with `table = \"…\"`"]
    );
}

#[tokio::test]
async fn every_drift_of_a_column_is_told() {
    let found = drifts::<Book>(
        "CREATE TABLE books (
            id text PRIMARY KEY,
            author_id blob,
            price text COLLATE DECIMAL,
            version integer NOT NULL DEFAULT 1,
            shelf text NOT NULL,
            note text NOT NULL DEFAULT '',
            remark text
        )",
    )
    .await;
    assert_begin(
        &found,
        &[
            "the column `books.id` is declared `TEXT`, and its field needs `blob`",
            "the column `books.id` may be null",
            "the column `books.author_id` may be null",
            "the column `books.author_id` has no index",
            "the column `books.author_id` has no foreign key to `authors`",
            "the column `books.title` is missing",
            "the column `books.price` may be null",
            "the column `books.price` has no unique index",
            "the column `books.shelf` must have a value",
        ],
    );
}

#[tokio::test]
async fn a_column_that_must_have_a_value_does_not_fit_an_option() {
    let found = drifts::<Author>(
        "CREATE TABLE authors (
            id blob NOT NULL PRIMARY KEY,
            mentor_id blob NOT NULL REFERENCES authors (id),
            pen_name text NOT NULL UNIQUE
        );
        CREATE INDEX by_mentor ON authors (mentor_id)",
    )
    .await;
    assert_begin(&found, &["the column `authors.mentor_id` is NOT NULL"]);
}

#[tokio::test]
async fn keys_are_compared_in_their_order() {
    let table = |key: &str| {
        format!(
            "CREATE TABLE lines (
                order_id integer NOT NULL,
                number integer NOT NULL,
                book_id blob NOT NULL REFERENCES books (id),
                PRIMARY KEY ({key})
            );
            CREATE INDEX by_book ON lines (book_id)"
        )
    };
    assert_eq!(
        drifts::<Line>(&table("order_id, number")).await,
        Vec::<String>::new()
    );
    for (key, said) in [
        ("number, order_id", "number, order_id"),
        ("number", "number"),
    ] {
        let expected = format!(
            "the primary key of `lines` is ({said}), and that of its struct (order_id, number)"
        );
        assert_begin(&drifts::<Line>(&table(key)).await, &[&expected]);
    }
}

#[tokio::test]
async fn a_key_that_is_no_row_id_is_never_assigned() {
    #[derive(ModelResource)]
    struct Counter {
        id: i64,
    }
    let found = drifts::<Counter>("CREATE TABLE counters (id bigint NOT NULL PRIMARY KEY)").await;
    assert_begin(
        &found,
        &["the column `counters.id` is declared `bigint`, and its field needs `integer`"],
    );
    let found = drifts::<Counter>("CREATE TABLE counters (ID INTEGER PRIMARY KEY)").await;
    assert_eq!(found, Vec::<String>::new());
}

#[tokio::test]
async fn only_an_index_that_serves_counts() {
    let table = |price: &str, indexes: &str| {
        format!(
            "CREATE TABLE books (
                id blob NOT NULL PRIMARY KEY,
                author_id blob NOT NULL REFERENCES authors,
                title varchar(100) NOT NULL,
                price text NOT NULL {price},
                version bigint NOT NULL
            );
            {indexes}"
        )
    };
    let serving =
        "CREATE INDEX a ON books (author_id, title); CREATE INDEX t ON books (title DESC);";
    let found = drifts::<Book>(&table("COLLATE DECIMAL UNIQUE", serving)).await;
    assert_eq!(found, Vec::<String>::new());
    let useless = "CREATE INDEX a ON books (title, author_id) WHERE price > 1;
        CREATE INDEX t ON books (lower(title));
        CREATE UNIQUE INDEX p ON books (price, id);";
    let found = drifts::<Book>(&table("", useless)).await;
    assert_begin(
        &found,
        &[
            "the column `books.author_id` has no index",
            "the column `books.title` has no index",
            "the column `books.price` has no unique index",
        ],
    );
    // Texts that differ are unique, and so `1.5` would stand beside `1.50`.
    let found = drifts::<Book>(&table("UNIQUE", serving)).await;
    assert_begin(&found, &["the column `books.price` has no unique index"]);
}

#[tokio::test]
async fn references_and_unique_columns_hold() {
    let database = Database::temporary().await.unwrap();
    database.create_tables::<(Book, Author)>().await.unwrap();
    let book = |author_id, price: &str| Book {
        id: Uuid::now_v7(),
        author_id,
        title: "Dune".to_owned(),
        price: price.parse().unwrap(),
        version: 1,
    };
    let mut tx = database.transaction().await.unwrap();
    let nobody = tx.insert(&book(Uuid::now_v7(), "1")).await.err().unwrap();
    assert_eq!(nobody.errors()[0].code(), "foreign_key");
    let author = Author {
        id: Uuid::now_v7(),
        mentor_id: None,
        name: "Frank".to_owned(),
    };
    tx.insert(&author).await.unwrap();
    let stored = tx.insert(&book(author.id, "1.50")).await.unwrap();
    assert_eq!(stored.price.to_string(), "1.50");
    let report = tx.insert(&book(author.id, "1.5")).await.err().unwrap();
    assert_eq!(report.errors()[0].pointer(), Some("/price"));
}
