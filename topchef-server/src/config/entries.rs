//! TOML as its entries: the value under each key, with the line that it stands on.
//! It does not know which keys there may be; no error shows a value, which may be a password.

use std::collections::BTreeMap;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::ConfigError;

/// A value and where it stands.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) value: Value,
    /// The line of its key, counted from 1.
    pub(super) line: usize,
}

/// A value, by its sort.
#[derive(Debug)]
pub(super) enum Value {
    Text(String),
    /// In decimal digits.
    Number(String),
    Switch(bool),
    /// A table with nothing in it.
    EmptyTable,
    /// What no setting takes, as a sort of value.
    Other(&'static str),
}

/// The entries of the text of the file at `path`, those of a table that `is_open` names under its name, a dot, and their own.
pub(super) fn entries(
    path: &Path,
    text: &str,
    is_open: fn(&str) -> bool,
) -> Result<BTreeMap<String, Entry>, ConfigError> {
    let table = DeTable::parse(text).map_err(|error| ConfigError::NotToml {
        path: path.to_owned(),
        line: error.span().map_or(1, |span| line(text, span.start)),
        // Its own Display shows the line of the file, with whatever secret is on it.
        reason: error.message().to_owned(),
    })?;
    let mut entries = BTreeMap::new();
    flatten("", table.get_ref(), text, is_open, &mut entries);
    Ok(entries)
}

impl Value {
    /// What its sort is called.
    pub(super) fn sort(&self) -> &'static str {
        match self {
            Self::Text(_) => "a string",
            Self::Number(_) => "a number",
            Self::Switch(_) => "true or false",
            Self::EmptyTable => "a table",
            Self::Other(sort) => sort,
        }
    }
}

/// The entries of a table, those of a table in it that `is_open` names included; another stays whole, to be refused under
/// its own name.
fn flatten(
    table_name: &str,
    table: &DeTable<'_>,
    text: &str,
    is_open: fn(&str) -> bool,
    found: &mut BTreeMap<String, Entry>,
) {
    for (name, value) in table {
        let key = if table_name.is_empty() {
            name.get_ref().to_string()
        } else {
            format!("{table_name}.{}", name.get_ref())
        };
        match value.get_ref() {
            DeValue::Table(table) if is_open(&key) && !table.is_empty() => {
                flatten(&key, table, text, is_open, found);
            }
            _ => {
                let entry = Entry {
                    value: read(value),
                    line: line(text, name.span().start),
                };
                found.insert(key, entry);
            }
        }
    }
}

fn read(value: &Spanned<DeValue<'_>>) -> Value {
    match value.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Boolean(switch) => Value::Switch(*switch),
        DeValue::Integer(number) => i128::from_str_radix(number.as_str(), number.radix())
            .map_or(Value::Other("a number without end"), |number| {
                Value::Number(number.to_string())
            }),
        DeValue::Float(_) => Value::Other("a number with a fraction"),
        DeValue::Datetime(_) => Value::Other("a date or time"),
        DeValue::Array(_) => Value::Other("an array"),
        DeValue::Table(table) if table.is_empty() => Value::EmptyTable,
        DeValue::Table(_) => Value::Other("a table"),
    }
}

/// The line of an offset, counted from 1.
fn line(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().iter().take(offset);
    before.filter(|byte| **byte == b'\n').count() + 1
}
