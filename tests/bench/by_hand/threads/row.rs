//! A row as JSON, without a struct that owns its texts.

use rusqlite::Row;
use serde::Serialize;

use crate::error::Error;

/// A book, its texts where `SQLite` has them.
#[derive(Debug, Serialize)]
pub(crate) struct BookRow<'row> {
    pub(crate) id: i64,
    pub(crate) title: &'row str,
    pub(crate) subtitle: Option<&'row str>,
    pub(crate) pub_year: i32,
    pub(crate) pages: Option<i32>,
    pub(crate) price: f64,
    pub(crate) available: bool,
    pub(crate) created_at: &'row str,
}

impl BookRow<'_> {
    pub(crate) fn write(&self, json: &mut Vec<u8>) -> Result<(), Error> {
        serde_json::to_writer(json, self).map_err(|error| Error::Database(error.into()))
    }
}

/// Writes the row, whose columns are those of [`crate::book::COLUMNS`].
pub(crate) fn write(row: &Row<'_>, json: &mut Vec<u8>) -> Result<(), Error> {
    let book = BookRow {
        id: row.get(0)?,
        title: row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?,
        subtitle: row
            .get_ref(2)?
            .as_str_or_null()
            .map_err(rusqlite::Error::from)?,
        pub_year: row.get(3)?,
        pages: row.get(4)?,
        price: row.get(5)?,
        available: row.get(6)?,
        created_at: row.get_ref(7)?.as_str().map_err(rusqlite::Error::from)?,
    };
    book.write(json)
}
