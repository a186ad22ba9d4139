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

// A domain is declared as what it is made of; a bare name would be read in small letters.
const POSTGRES_COLUMNS: &str = "SELECT a.attname::text, \
    format_type(coalesce(nullif(t.typbasetype, 0), a.atttypid), \
        CASE WHEN t.typbasetype = 0 THEN a.atttypmod ELSE t.typtypmod END), \
    a.attnotnull::int, (a.atthasdef OR a.attidentity <> '')::int, \
    coalesce((SELECT k.place FROM pg_index AS i, \
        unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place) \
        WHERE i.indrelid = a.attrelid AND i.indisprimary AND k.attnum = a.attnum), 0) \
    FROM pg_attribute AS a JOIN pg_type AS t ON t.oid = a.atttypid \
    WHERE a.attrelid = to_regclass(quote_ident($1)) AND a.attnum > 0 AND NOT a.attisdropped \
    ORDER BY a.attnum";

const POSTGRES_INDEXES: &str = "SELECT c.relname::text, i.indisunique::int, a.attname::text, \
    coalesce(l.collname::text, '') \
    FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid \
    CROSS JOIN unnest(i.indkey::int2[], i.indcollation::oid[]) \
        WITH ORDINALITY AS k (attnum, collation_id, place) \
    LEFT JOIN pg_attribute AS a \
        ON a.attrelid = i.indrelid AND a.attnum = k.attnum AND k.attnum > 0 \
    LEFT JOIN pg_collation AS l ON l.oid = k.collation_id \
    WHERE i.indrelid = to_regclass(quote_ident($1)) AND i.indpred IS NULL AND i.indisvalid \
        AND k.place <= i.indnkeyatts \
    ORDER BY c.relname, k.place";

const POSTGRES_REFERENCES: &str = "SELECT a.attname::text, c.relname::text, f.attname::text \
    FROM pg_constraint AS r JOIN pg_class AS c ON c.oid = r.confrelid \
    JOIN pg_attribute AS a ON a.attrelid = r.conrelid AND a.attnum = r.conkey[1] \
    JOIN pg_attribute AS f ON f.attrelid = r.confrelid AND f.attnum = r.confkey[1] \
    WHERE r.conrelid = to_regclass(quote_ident($1)) AND r.contype = 'f' \
        AND cardinality(r.conkey) = 1";

const SQLITE_IS_MISSING: &str = "SELECT NOT EXISTS \
    (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1 COLLATE NOCASE)";

const POSTGRES_IS_MISSING: &str = "SELECT to_regclass(quote_ident($1)) IS NULL";

/// Asks whether there is no such table: one row with a truth, which `SQLite` tells as a number.
pub(crate) fn is_missing(dialect: Dialect, table: &str) -> Statement {
    let text = match dialect {
        Dialect::Sqlite => SQLITE_IS_MISSING,
        Dialect::Postgres => POSTGRES_IS_MISSING,
    };
    Statement::reading(text, vec![Value::from(table)])
}

/// What to ask the database about a table.
pub(crate) fn introspect(dialect: Dialect, table: &str) -> [Introspection; 3] {
    let about = |text: &'static str, add| Introspection {
        statement: Statement::reading(text, vec![Value::from(table)]),
        add,
    };
    match dialect {
        Dialect::Sqlite => [
            about(COLUMNS, add_column),
            about(INDEXES, add_indexed_column),
            about(REFERENCES, add_reference),
        ],
        Dialect::Postgres => [
            about(POSTGRES_COLUMNS, add_column),
            about(POSTGRES_INDEXES, add_indexed_column),
            about(POSTGRES_REFERENCES, add_reference),
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
