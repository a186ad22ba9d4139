//! Statements on a connection: how values go in and rows come out.
//!
//! It does not know on which thread it is.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ToSql};

use crate::column::{Cell, Cells, DecodeError, Row, TIME, Value, date_time, is_null, timestamp};
use crate::database::{DatabaseError, Rows as AnyRows};
use crate::sql::{Statement, WrittenRow};

pub(in crate::database) use rusqlite::Rows;

/// How many values a statement may have that is kept compiled.
const KEPT_VALUES: usize = 128;

/// Runs a statement that may write, and what reads the row that it stores.
pub(super) fn run<T>(
    connection: &Connection,
    statement: &Statement,
    decode: impl FnOnce(&mut AnyRows<'_>) -> Result<T, DatabaseError>,
) -> Result<T, DatabaseError> {
    if matches!(statement.row, WrittenRow::Returned) {
        return read(connection, statement, |rows| {
            let decoded = decode(rows)?;
            // It is only done when it was stepped to its end, and a decoder may stop before.
            while rows.next()?.is_some() {}
            Ok(decoded)
        });
    }
    match (change(connection, statement)?, statement.reads()) {
        (0, _) => caught(decode, &mut AnyRows::Stored(Stored::Nothing)),
        (_, None) => caught(decode, &mut AnyRows::Stored(Stored::Something)),
        (_, Some(row)) => prepared(connection, row, |prepared| {
            let rows = prepared.query(bound(row))?;
            caught(decode, &mut AnyRows::Stored(Stored::Row(rows)))
        }),
    }
}

/// Runs a statement of which no row is wanted.
pub(super) fn run_alone(
    connection: &Connection,
    statement: &Statement,
) -> Result<(), DatabaseError> {
    if !matches!(statement.row, WrittenRow::Returned) {
        return change(connection, statement).map(drop);
    }
    run(connection, statement, |_| Ok(()))
}

/// Runs a statement that gives no rows, and says how many it changed.
fn change(connection: &Connection, statement: &Statement) -> Result<usize, DatabaseError> {
    prepared(connection, statement, |prepared| {
        Ok(prepared.execute(bound(statement))?)
    })
}

/// Runs a statement as far as the decoder reads it.
pub(super) fn read<T>(
    connection: &Connection,
    statement: &Statement,
    decode: impl FnOnce(&mut AnyRows<'_>) -> Result<T, DatabaseError>,
) -> Result<T, DatabaseError> {
    prepared(connection, statement, |prepared| {
        let rows = prepared.query(bound(statement))?;
        caught(decode, &mut AnyRows::Sqlite(rows))
    })
}

/// A statement compiled, which is kept for the next time.
fn prepared<T>(
    connection: &Connection,
    statement: &Statement,
    run: impl FnOnce(&mut rusqlite::Statement<'_>) -> Result<T, DatabaseError>,
) -> Result<T, DatabaseError> {
    // Every number of values is another text: a stranger must not choose what is kept.
    if statement.values.len() > KEPT_VALUES {
        run(&mut connection.prepare(&statement.text)?)
    } else {
        run(&mut *connection.prepare_cached(&statement.text)?)
    }
}

fn bound(statement: &Statement) -> impl rusqlite::Params {
    rusqlite::params_from_iter(statement.values.iter().map(Bound))
}

/// A computed field may panic: that is its resource's fault, and no reason to call the database gone.
fn caught<T>(
    decode: impl FnOnce(&mut AnyRows<'_>) -> Result<T, DatabaseError>,
    rows: &mut AnyRows<'_>,
) -> Result<T, DatabaseError> {
    catch_unwind(AssertUnwindSafe(|| decode(rows)))
        .unwrap_or_else(|panic| Err(panicked(panic.as_ref())))
}

/// What a panic said is all that there is to find its cause by.
fn panicked(panic: &(dyn Any + Send)) -> DatabaseError {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a text");
    DatabaseError::Driver(format!("a decoder panicked: {text}").into())
}

pub(super) fn first_row<T>(
    connection: &Connection,
    statements: &[Statement],
    decode: impl FnOnce(usize, &Row<'_>) -> Result<T, DatabaseError>,
) -> Result<Option<T>, DatabaseError> {
    let mut decode = Some(decode);
    for (position, statement) in statements.iter().enumerate() {
        let found = run(connection, statement, |rows| {
            match (rows.next()?, decode.take()) {
                (Some(row), Some(decode)) => decode(position, &row).map(Some),
                (_, untaken) => {
                    decode = untaken;
                    Ok(None)
                }
            }
        })?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// The row that a statement has written, until it is read.
pub(crate) enum Stored<'a> {
    Nothing,
    /// One of which nothing is known.
    Something,
    /// The first of these.
    Row(Rows<'a>),
    /// It was read.
    Gone(Rows<'a>),
}

impl Stored<'_> {
    pub(in crate::database) fn next(&mut self) -> Result<Option<Row<'_>>, DatabaseError> {
        *self = match std::mem::replace(self, Self::Nothing) {
            Self::Row(rows) => Self::Gone(rows),
            Self::Something => return Ok(Some(Row::new(&NoCells))),
            Self::Nothing | Self::Gone(_) => Self::Nothing,
        };
        let Self::Gone(rows) = self else {
            return Ok(None);
        };
        // A trigger has removed it, or given it another key: then it is not known what is stored.
        let gone = || DatabaseError::Driver("the row is not there that was stored".into());
        next(rows)?.ok_or_else(gone).map(Some)
    }
}

/// A row of which only is known that it was there.
struct NoCells;

impl Cells for NoCells {
    fn cell(&self, index: usize) -> Result<Cell<'_>, DecodeError> {
        Err(DecodeError::missing(index))
    }
}

pub(in crate::database) fn next<'a>(
    rows: &'a mut Rows<'_>,
) -> Result<Option<Row<'a>>, DatabaseError> {
    Ok(rows.next()?.map(|row| Row::new(row)))
}

impl Cells for rusqlite::Row<'_> {
    fn cell(&self, index: usize) -> Result<Cell<'_>, DecodeError> {
        let value = self
            .get_ref(index)
            .map_err(|_| DecodeError::missing(index))?;
        Ok(match value {
            ValueRef::Null => Cell::Null,
            ValueRef::Integer(number) => Cell::Integer(number),
            ValueRef::Real(number) => Cell::Double(number),
            ValueRef::Text(text) => Cell::Text(
                std::str::from_utf8(text).map_err(|_| DecodeError::new("UTF-8", "other bytes"))?,
            ),
            ValueRef::Blob(bytes) => Cell::Bytes(bytes),
        })
    }
}

/// A value on its way into a statement, in the form that cells of its kind are read back from.
struct Bound<'a>(&'a Value);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self.0 {
            Value::BigInt(Some(number)) => ToSqlOutput::from(*number),
            Value::Int(Some(number)) => ToSqlOutput::from(*number),
            Value::BigUnsigned(Some(number)) => ToSqlOutput::from(
                i64::try_from(*number).map_err(|error| to_sql_failure(error.into()))?,
            ),
            Value::Double(Some(number)) => ToSqlOutput::from(*number),
            Value::Float(Some(number)) => ToSqlOutput::from(f64::from(*number)),
            Value::Decimal(Some(number)) => ToSqlOutput::from(number.to_string()),
            Value::Bool(Some(boolean)) => ToSqlOutput::from(*boolean),
            Value::String(Some(text)) => ToSqlOutput::from(text.as_str()),
            Value::Bytes(Some(bytes)) => ToSqlOutput::from(bytes.as_slice()),
            Value::Uuid(Some(uuid)) => ToSqlOutput::from(uuid.as_bytes().as_slice()),
            Value::ChronoDate(Some(date)) => ToSqlOutput::from(date.to_string()),
            Value::ChronoTime(Some(time)) => ToSqlOutput::from(time.format(TIME).to_string()),
            Value::ChronoDateTime(Some(moment)) => ToSqlOutput::from(date_time(moment)),
            Value::ChronoDateTimeUtc(Some(moment)) => ToSqlOutput::from(timestamp(moment)),
            null if is_null(null) => ToSqlOutput::from(rusqlite::types::Null),
            other => return Err(to_sql_failure(format!("no column holds {other:?}").into())),
        })
    }
}

fn to_sql_failure(reason: Box<dyn std::error::Error + Send + Sync>) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(reason)
}

#[cfg(test)]
mod tests {
    use super::super::connection::begin;
    use super::super::testing::{insert, notes, options, stored};
    use super::*;

    #[test]
    fn a_row_that_is_read_after_it_was_stored_is_decoded_like_one_that_is_returned() {
        let options = options();
        let connection = notes(&options);
        let beside = |text: &str| Statement {
            values: vec![Value::from(text)],
            row: WrittenRow::Read(Box::new(Statement {
                values: vec![Value::from(text)],
                ..Statement::plain("SELECT text FROM notes WHERE text = ?")
            })),
            ..Statement::plain("INSERT INTO notes VALUES (?)")
        };
        let read = |statement: &Statement| {
            run(&connection, statement, |rows| {
                let text = rows.next()?.map(|row| Ok(row.cell(0)?.text()?.to_owned()));
                let text = text.transpose().map_err(|error: DecodeError| error.into());
                assert!(rows.next()?.is_none(), "it is one row");
                text
            })
        };
        assert_eq!(read(&beside("one")).unwrap().as_deref(), Some("one"));
        // Stored already, which undoes everything.
        begin(&connection).unwrap();
        let refused = read(&beside("one"));
        assert!(matches!(refused, Err(DatabaseError::NotUnique { .. })));
        assert!(connection.is_autocommit());
        let nothing = Statement {
            row: beside("one").row,
            ..Statement::plain("UPDATE notes SET text = text WHERE text = 'none'")
        };
        assert_eq!(read(&nothing).unwrap(), None);
        let gone = Statement {
            row: beside("other").row,
            ..Statement::plain("INSERT INTO notes VALUES ('two')")
        };
        let Err(DatabaseError::Driver(cause)) = read(&gone) else {
            panic!("a row that is not there is no success")
        };
        assert_eq!(cause.to_string(), "the row is not there that was stored");
        run_alone(&connection, &beside("three")).unwrap();
        assert_eq!(stored(&connection), 3);
    }

    #[test]
    fn of_a_row_that_was_only_counted_nothing_can_be_read() {
        let options = options();
        let connection = notes(&options);
        run_alone(&connection, &insert("one")).unwrap();
        let remove = Statement {
            row: WrittenRow::Counted,
            ..Statement::plain("DELETE FROM notes WHERE text = 'one'")
        };
        let counted = || {
            run(&connection, &remove, |rows| {
                let row = rows.next()?.map(|row| row.cell(0).is_err());
                assert!(rows.next()?.is_none(), "it is one row");
                Ok(row)
            })
        };
        assert_eq!(counted().unwrap(), Some(true));
        assert_eq!(counted().unwrap(), None);
        run_alone(&connection, &remove).unwrap();
        assert_eq!(stored(&connection), 0);
    }

    #[test]
    fn a_decoder_that_panics_is_quoted() {
        let options = options();
        let connection = notes(&options);
        for (text, said) in [(None, "a plain text"), (Some("a number"), "a number")] {
            let failed = run(
                &connection,
                &insert(said),
                |_| -> Result<(), DatabaseError> {
                    match text {
                        Some(text) => panic!("{text}"),
                        None => panic!("a plain text"),
                    }
                },
            );
            let Err(DatabaseError::Driver(cause)) = failed else {
                panic!("it is another error")
            };
            assert_eq!(cause.to_string(), format!("a decoder panicked: {said}"));
        }
    }
}
