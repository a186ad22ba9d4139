//! A table as the database has it, and the statements that ask for it.
//!
//! It does not know what the table should be.

use crate::column::{Cell, DecodeError, Row, Value};
use crate::sql::{Dialect, Statement};

/// A table as the database has it; without columns when there is none.
#[derive(Clone, Debug, Default)]
pub(crate) struct StoredTable {
    pub(super) columns: Vec<StoredColumn>,
    pub(super) indexes: Vec<StoredIndex>,
    pub(super) references: Vec<StoredReference>,
}

#[derive(Clone, Debug)]
pub(super) struct StoredColumn {
    pub(super) name: String,
    /// The type as it was declared.
    pub(super) declared: String,
    pub(super) not_null: bool,
    pub(super) has_default: bool,
    /// Its place in the primary key, from 1; 0 when it is no part of it.
    pub(super) key: i64,
}

/// An index of all rows; one of some rows proves nothing, and is not asked for.
#[derive(Clone, Debug)]
pub(super) struct StoredIndex {
    name: String,
    pub(super) unique: bool,
    pub(super) columns: Vec<IndexedColumn>,
}

#[derive(Clone, Debug)]
pub(super) struct IndexedColumn {
    /// Nothing for an expression.
    pub(super) name: Option<String>,
    pub(super) collation: String,
}

/// A column that refers to another table.
#[derive(Clone, Debug)]
pub(super) struct StoredReference {
    pub(super) column: String,
    pub(super) table: String,
    /// Nothing for the other table's primary key.
    pub(super) key: Option<String>,
}

/// A statement about a table, and what a row of its answer adds to what is known.
#[derive(Debug)]
pub(crate) struct Introspection {
    pub(crate) statement: Statement,
    pub(crate) add: fn(&mut StoredTable, &Row<'_>) -> Result<(), DecodeError>,
}

const COLUMNS: &str = "SELECT name, type, \"notnull\", dflt_value IS NOT NULL, pk \
    FROM pragma_table_info(?) ORDER BY cid";

const INDEXES: &str = "SELECT list.name, list.\"unique\", info.name, info.coll \
    FROM pragma_index_list(?) AS list, pragma_index_xinfo(list.name) AS info \
    WHERE list.partial = 0 AND info.key = 1 ORDER BY list.seq, info.seqno";

// Of the references of several columns, none: no field is one.
const REFERENCES: &str = "SELECT min(\"from\"), min(\"table\"), min(\"to\") \
    FROM pragma_foreign_key_list(?) GROUP BY id HAVING count(*) = 1";

/// What to ask the database about a table.
pub(crate) fn introspect(dialect: Dialect, table: &str) -> [Introspection; 3] {
    let about = |text: &'static str, add| Introspection {
        statement: Statement {
            text: text.into(),
            values: vec![Value::String(Some(table.to_owned()))],
        },
        add,
    };
    match dialect {
        Dialect::Sqlite => [
            about(COLUMNS, add_column),
            about(INDEXES, add_indexed_column),
            about(REFERENCES, add_reference),
        ],
    }
}

fn add_column(table: &mut StoredTable, row: &Row<'_>) -> Result<(), DecodeError> {
    table.columns.push(StoredColumn {
        name: text(row, 0)?,
        declared: text(row, 1)?,
        not_null: number(row, 2)? != 0,
        has_default: number(row, 3)? != 0,
        key: number(row, 4)?,
    });
    Ok(())
}

fn add_indexed_column(table: &mut StoredTable, row: &Row<'_>) -> Result<(), DecodeError> {
    let name = text(row, 0)?;
    let column = IndexedColumn {
        name: optional_text(row, 2)?,
        collation: text(row, 3)?,
    };
    match table.indexes.last_mut() {
        Some(index) if index.name == name => index.columns.push(column),
        _ => table.indexes.push(StoredIndex {
            name,
            unique: number(row, 1)? != 0,
            columns: vec![column],
        }),
    }
    Ok(())
}

fn add_reference(table: &mut StoredTable, row: &Row<'_>) -> Result<(), DecodeError> {
    table.references.push(StoredReference {
        column: text(row, 0)?,
        table: text(row, 1)?,
        key: optional_text(row, 2)?,
    });
    Ok(())
}

fn text(row: &Row<'_>, index: usize) -> Result<String, DecodeError> {
    row.cell(index)?.text().map(str::to_owned)
}

fn optional_text(row: &Row<'_>, index: usize) -> Result<Option<String>, DecodeError> {
    match row.cell(index)? {
        Cell::Null => Ok(None),
        cell => cell.text().map(|text| Some(text.to_owned())),
    }
}

fn number(row: &Row<'_>, index: usize) -> Result<i64, DecodeError> {
    match row.cell(index)? {
        Cell::Integer(number) => Ok(number),
        other => Err(DecodeError::form("a whole number", &other)),
    }
}
