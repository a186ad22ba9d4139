//! A message: a record as it was committed and what is kept of the request, for an `after_commit` hook, now or after a crash.
//!
//! It does not know when it is delivered.

use chrono::Utc;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::HashMap;
use uuid::Uuid;

use super::super::tracked::key_of;
use super::Queue;
use crate::column::{
    Cells as _, ColumnType as _, DecodeError, EncodeError, Row, Value, ValueCells, parse_json,
    write_cell,
};
use crate::descriptor::{Descriptor, Method};
use crate::sql::{Dialect, NewMessage, Statement};

/// How long the sweeper leaves a new message to the request that stored it, in milliseconds.
pub(super) const GRACE: i64 = 1000;

/// What is kept of a request: neither its query nor other headers than those that were asked for, since there may be
/// secrets in them.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(in crate::transaction) struct Kept {
    /// The HTTP method.
    pub(in crate::transaction) method: String,
    pub(in crate::transaction) path: String,
    /// The name of who sent it.
    pub(in crate::transaction) principal: Option<String>,
    /// Names and values; a name may come several times.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(in crate::transaction) headers: Vec<(String, String)>,
}

/// A message in the hands of who delivers it.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) sequence: i64,
    /// By which the one who stored it knows it again.
    pub(super) token: i64,
    pub(super) method: String,
    pub(super) committed: String,
    pub(super) request: String,
    /// How often it was tried by a sweeper.
    pub(super) attempts: i64,
    /// Milliseconds since 1970.
    pub(super) due_at: i64,
}

impl Message {
    /// From a row of [`Dialect::first_message`].
    pub(super) fn from_row(row: &Row<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            sequence: i64::from_cell(row.cell(0)?)?,
            token: i64::from_cell(row.cell(1)?)?,
            method: String::from_cell(row.cell(2)?)?,
            committed: String::from_cell(row.cell(3)?)?,
            request: String::from_cell(row.cell(4)?)?,
            attempts: i64::from_cell(row.cell(5)?)?,
            due_at: i64::from_cell(row.cell(6)?)?,
        })
    }

    /// The method whose hook it is for; none when this program has no such method.
    pub(super) fn method(&self) -> Option<Method> {
        let mut methods = Method::ALL.into_iter();
        methods.find(|method| method.name() == self.method)
    }

    /// What was kept of the request.
    pub(super) fn kept(&self) -> Result<Kept, serde_json::Error> {
        serde_json::from_str(&self.request)
    }

    /// The record as it was committed.
    pub(super) fn values(&self, descriptor: &Descriptor) -> Result<Vec<Value>, DecodeError> {
        committed_values(descriptor, &self.committed)
    }
}

/// The statement that stores a message, and the token by which it is known again.
pub(in crate::transaction) fn store(
    dialect: Dialect,
    descriptor: &'static Descriptor,
    method: Method,
    kept: &Kept,
    values: &[Value],
) -> Result<(i64, Statement), EncodeError> {
    let (token, now) = (token(), now());
    let statement = dialect.insert_message(NewMessage {
        queue: &Queue::of(descriptor, values),
        token,
        method: method.name(),
        committed: committed_json(descriptor, values)?,
        request: serde_json::to_string(kept)?,
        created_at: now,
        due_at: now.saturating_add(GRACE),
    });
    Ok((token, statement))
}

/// Milliseconds since 1970.
///
/// It only says when something is tried again: what is delivered once is decided by locks, not by clocks.
pub(super) fn now() -> i64 {
    Utc::now().timestamp_millis()
}

/// A number that nobody else takes: it goes only from a request to whoever delivers its message.
fn token() -> i64 {
    let (_, random) = Uuid::now_v7().as_u64_pair();
    random.cast_signed()
}

/// All columns by their names, so that a struct that got a column more can still read it.
fn committed_json(descriptor: &Descriptor, values: &[Value]) -> Result<String, EncodeError> {
    let cells = ValueCells(values);
    let mut json = vec![b'{'];
    for (index, column) in descriptor.columns.iter().enumerate() {
        if index > 0 {
            json.push(b',');
        }
        serde_json::to_writer(&mut json, column.name)?;
        json.push(b':');
        write_cell(column.kind, cells.cell(index)?, &mut json)?;
    }
    json.push(b'}');
    // What cells write is UTF-8, as all JSON is.
    String::from_utf8(json).map_err(|error| DecodeError::new("UTF-8", error.to_string()).into())
}

/// A column that the record did not have is null.
fn committed_values(descriptor: &Descriptor, json: &str) -> Result<Vec<Value>, DecodeError> {
    let stored: HashMap<Cow<'_, str>, &RawValue> = serde_json::from_str(json)
        .map_err(|error| DecodeError::new("a committed record", error.to_string()))?;
    let columns = descriptor.columns.iter().enumerate();
    columns
        .map(|(index, column)| match stored.get(column.name) {
            Some(value) => parse_json(column.kind, value).map_err(|error| {
                DecodeError::new(column.kind.name(), error.to_string()).in_column(index)
            }),
            None => Ok(column.kind.null()),
        })
        .collect()
}

impl Queue {
    /// The queue of a record.
    pub(in crate::transaction) fn of(descriptor: &'static Descriptor, values: &[Value]) -> Self {
        Self {
            resource: descriptor.path,
            record: key_of(values, descriptor).to_path(),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};
    use rust_decimal::Decimal;

    use super::*;
    use crate::ModelResource;

    /// Every kind of column.
    #[derive(ModelResource)]
    struct Sample {
        id: Uuid,
        small: i8,
        large: i64,
        real: f32,
        double: f64,
        price: Decimal,
        boolean: bool,
        text: String,
        #[resource(column = "remark")]
        note: Option<String>,
        date: NaiveDate,
        time: NaiveTime,
        local: NaiveDateTime,
        moment: DateTime<Utc>,
        bytes: Vec<u8>,
        json: serde_json::Value,
        #[resource(write_only)]
        secret: String,
    }

    fn sample() -> Sample {
        let moment = DateTime::from_timestamp(1_763_768_068, 810_546_000).unwrap();
        Sample {
            id: Uuid::now_v7(),
            small: -128,
            large: i64::MIN,
            real: 0.1,
            double: -1.0e-300,
            price: Decimal::new(1950, 2),
            boolean: true,
            text: "\"quoted\"\n\u{1F600}".to_owned(),
            note: None,
            date: moment.date_naive(),
            time: moment.time(),
            local: moment.naive_utc(),
            moment,
            bytes: vec![0, 255],
            json: serde_json::json!({"a": [1, null, "b"]}),
            secret: "kept".to_owned(),
        }
    }

    #[test]
    fn a_record_comes_back_as_it_was_committed() {
        let values = sample().values().unwrap();
        let json = committed_json(Sample::descriptor(), &values).unwrap();
        assert_eq!(
            committed_values(Sample::descriptor(), &json).unwrap(),
            values
        );
    }

    #[test]
    fn a_column_that_a_record_did_not_have_is_null() {
        let values = committed_values(Sample::descriptor(), r#"{"small": 3, "gone": 1}"#).unwrap();
        assert_eq!(values[1], Value::BigInt(Some(3)));
        assert_eq!(values[2], Value::BigInt(None));
        assert!(committed_values(Sample::descriptor(), r#"{"small": "3"}"#).is_err());
        assert!(committed_values(Sample::descriptor(), "[]").is_err());
    }
}
