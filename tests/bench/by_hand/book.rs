//! A book as it goes out and comes in, its limits, and the books that a new table is filled with.
//!
//! It does not know which database they are in.

use axum::response::{IntoResponse, Response};
use axum::{Json, http::StatusCode};
use chrono::{SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize};
use sqlx::FromRow;

use crate::error::Error;

/// The columns, in the order of the fields.
pub(crate) const COLUMNS: &str =
    "id, title, subtitle, pub_year, pages, price, available, created_at";

/// The table and what serves its list, on `SQLite`.
///
/// The index ends with the row's id, so that it has the order of the list.
pub(crate) const SQLITE_TABLE: &str = "
    CREATE TABLE IF NOT EXISTS books (
        id INTEGER PRIMARY KEY,
        title TEXT NOT NULL,
        subtitle TEXT,
        pub_year INTEGER NOT NULL,
        pages INTEGER,
        price REAL NOT NULL,
        available BOOLEAN NOT NULL,
        created_at TEXT NOT NULL
    );
    CREATE INDEX IF NOT EXISTS books_pub_year ON books (pub_year)";

/// As many books as the first parameter says, made at the time that the second says, on `SQLite`.
pub(crate) const SQLITE_FILL: &str = "
    WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < ?1)
    INSERT INTO books (id, title, subtitle, pub_year, pages, price, available, created_at)
    SELECT i, 'Title ' || i, CASE WHEN i % 3 <> 0 THEN 'Subtitle ' || i END, 1900 + i % 125,
        CASE WHEN i % 5 <> 0 THEN 100 + i % 900 END, (i % 10000) / 100.0, i % 2 = 0, ?2
    FROM numbers";

/// A book; on `SQLite` a time is the text that is also sent, so that nobody parses it.
#[derive(Debug, Serialize, FromRow)]
pub(crate) struct Book<Time> {
    pub(crate) id: i64,
    pub(crate) title: String,
    pub(crate) subtitle: Option<String>,
    pub(crate) pub_year: i32,
    pub(crate) pages: Option<i32>,
    pub(crate) price: f64,
    pub(crate) available: bool,
    pub(crate) created_at: Time,
}

impl<Time: Serialize> Book<Time> {
    pub(crate) fn created(self) -> Response {
        (StatusCode::CREATED, Json(self)).into_response()
    }
}

/// What `POST` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewBook {
    pub(crate) title: String,
    pub(crate) subtitle: Option<String>,
    pub(crate) pub_year: i32,
    pub(crate) pages: Option<i32>,
    pub(crate) price: f64,
    pub(crate) available: bool,
}

impl NewBook {
    pub(crate) fn check(&self) -> Result<(), Error> {
        let mut wrong = Vec::new();
        check_title(&self.title, &mut wrong);
        if let Some(subtitle) = &self.subtitle {
            check_subtitle(subtitle, &mut wrong);
        }
        check_pub_year(self.pub_year, &mut wrong);
        all_right(wrong)
    }
}

/// What `PATCH` changes.
#[expect(clippy::option_option, reason = "left out, null, or a value")]
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BookPatch {
    #[serde(default, deserialize_with = "given")]
    pub(crate) title: Option<String>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) subtitle: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    pub(crate) pub_year: Option<i32>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) pages: Option<Option<i32>>,
    #[serde(default, deserialize_with = "given")]
    pub(crate) price: Option<f64>,
    #[serde(default, deserialize_with = "given")]
    pub(crate) available: Option<bool>,
}

impl BookPatch {
    pub(crate) fn check(&self) -> Result<(), Error> {
        let mut wrong = Vec::new();
        if let Some(title) = &self.title {
            check_title(title, &mut wrong);
        }
        if let Some(Some(subtitle)) = &self.subtitle {
            check_subtitle(subtitle, &mut wrong);
        }
        if let Some(pub_year) = self.pub_year {
            check_pub_year(pub_year, &mut wrong);
        }
        all_right(wrong)
    }

    /// Whether nothing is to be changed.
    pub(crate) fn is_empty(&self) -> bool {
        self.title.is_none()
            && self.subtitle.is_none()
            && self.pub_year.is_none()
            && self.pages.is_none()
            && self.price.is_none()
            && self.available.is_none()
    }
}

/// The time as `SQLite` keeps it.
pub(crate) fn now() -> String {
    Utc::now().to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// A field that may be left out, but not be null.
fn given<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    T::deserialize(deserializer).map(Some)
}

/// A field that may be left out, or be null.
#[expect(clippy::option_option, reason = "left out, null, or a value")]
fn present<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Some)
}

fn check_title(title: &str, wrong: &mut Vec<String>) {
    if title.chars().count() > 100 {
        wrong.push("`title` has more than 100 characters".to_owned());
    }
}

fn check_subtitle(subtitle: &str, wrong: &mut Vec<String>) {
    if subtitle.chars().count() > 200 {
        wrong.push("`subtitle` has more than 200 characters".to_owned());
    }
}

fn check_pub_year(pub_year: i32, wrong: &mut Vec<String>) {
    if pub_year < 1450 {
        wrong.push("`pub_year` is less than 1450".to_owned());
    }
}

fn all_right(wrong: Vec<String>) -> Result<(), Error> {
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(Error::Wrong(wrong))
    }
}
