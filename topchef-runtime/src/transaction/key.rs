//! Primary keys: as a condition, and as a part of a path.
//!
//! It does not know whose they are.

use crate::column::{ColumnType, TIME, Value, date_time, timestamp, to_base64};
use crate::database::DatabaseError;
use crate::descriptor::Descriptor;
use crate::error::{ApiError, Report};
use crate::query::{Condition, Operator};

/// The condition that a row has this key.
pub(super) fn is(descriptor: &Descriptor, key: Value) -> Condition {
    Condition {
        column: descriptor.key_column().0,
        operator: Operator::Equal(key),
    }
}

/// The condition that a row has this key, if it is of the key's type.
pub(super) fn typed<K: ColumnType>(descriptor: &Descriptor, key: &K) -> Result<Condition, Report> {
    let (_, column) = descriptor.key_column();
    if column.kind.name() == K::KIND.name() {
        return Ok(is(descriptor, key.to_value()));
    }
    let reason = format!("{} is no key of {}", K::KIND.name(), descriptor.name);
    Err(ApiError::internal(DatabaseError::Driver(reason.into())).into())
}

/// A key as a part of a path.
pub(super) fn text(key: &Value) -> String {
    match key {
        Value::BigInt(Some(number)) => number.to_string(),
        Value::Uuid(Some(uuid)) => uuid.to_string(),
        Value::String(Some(text)) => encoded(text),
        Value::Bool(Some(boolean)) => boolean.to_string(),
        Value::Double(Some(number)) => number.to_string(),
        Value::Float(Some(number)) => number.to_string(),
        Value::ChronoTime(Some(time)) => time.format(TIME).to_string(),
        Value::Bytes(Some(bytes)) => encoded(&to_base64(bytes)),
        Value::ChronoDate(Some(date)) => date.to_string(),
        Value::ChronoDateTime(Some(moment)) => date_time(moment),
        Value::ChronoDateTimeUtc(Some(moment)) => timestamp(moment),
        other => format!("{other:?}"),
    }
}

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}
