//! Primary keys: a value for each of their columns, and the Rust types that stand for them.
//!
//! It does not know whose they are.

use smallvec::{SmallVec, smallvec};

use super::Value;
use super::cell::DecodeError;
use super::types::{ColumnType, from_value, to_base64};
use super::write::{TIME, date_time, timestamp};

/// The largest key that a client may give where the database assigns keys: the largest integer that every JSON reader
/// keeps exact (RFC 8259, section 6).
pub(crate) const LARGEST_GIVEN: i64 = (1 << 53) - 1;

/// The primary key of a record: a value for each of its columns, in the descriptor's order.
#[derive(Clone, Debug, PartialEq)]
pub struct Key(Values);

/// Most keys are of one column: these are not put anywhere else.
type Values = SmallVec<[Value; 1]>;

impl Key {
    /// A key of these values.
    pub fn new(values: impl IntoIterator<Item = Value>) -> Self {
        Self(values.into_iter().collect())
    }

    /// The values, in the order of the key's columns.
    pub fn values(&self) -> &[Value] {
        &self.0
    }

    /// The key as the end of a path: `7`, or `7/second` for one of two columns; each part percent-encoded.
    pub fn to_path(&self) -> String {
        match self.values() {
            [value] => part(value),
            values => values.iter().map(part).collect::<Vec<_>>().join("/"),
        }
    }
}

impl FromIterator<Value> for Key {
    fn from_iter<T: IntoIterator<Item = Value>>(values: T) -> Self {
        Self::new(values)
    }
}

/// A value as a part of a path.
fn part(value: &Value) -> String {
    match value {
        Value::BigInt(Some(number)) => number.to_string(),
        Value::Uuid(Some(uuid)) => uuid.to_string(),
        Value::String(Some(text)) => encoded(text),
        Value::Decimal(Some(number)) => number.to_string(),
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

/// A Rust type that is a primary key: of a column, or a tuple of up to four for a key of several columns.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no primary key",
    label = "neither the type of a column nor a tuple of such types"
)]
pub trait KeyType: Sized + Send + Sync + 'static {
    /// What a field of type `Field` must hold to refer to such a key: the key, when it is of one column.
    ///
    /// No field can refer to a key of several columns; generated code says so in words of its own, and no type is asked for.
    #[doc(hidden)]
    type HeldBy<Field>;

    /// The key.
    fn to_key(&self) -> Key;

    /// Reads it from a key.
    ///
    /// # Errors
    /// [`DecodeError`] when the key is of other types.
    fn from_key(key: &Key) -> Result<Self, DecodeError>;
}

#[diagnostic::do_not_recommend]
impl<T: ColumnType> KeyType for T {
    type HeldBy<Field> = Self;

    fn to_key(&self) -> Key {
        Key(smallvec![self.to_value()])
    }

    fn from_key(key: &Key) -> Result<Self, DecodeError> {
        match key.values() {
            [value] => from_value(value),
            values => Err(DecodeError::form("a key of one column", &values)),
        }
    }
}

macro_rules! tuples {
    ($(($($member:ident $value:ident),+))+) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($member: ColumnType),+> KeyType for ($($member,)+) {
            type HeldBy<Field> = Field;

            fn to_key(&self) -> Key {
                let ($($value,)+) = self;
                Key(smallvec![$($value.to_value()),+])
            }

            fn from_key(key: &Key) -> Result<Self, DecodeError> {
                match key.values() {
                    [$($value),+] => Ok(($(from_value($value)?,)+)),
                    values => Err(DecodeError::form("a key of several columns", &values)),
                }
            }
        }
    )+};
}
tuples! { (A a, B b) (A a, B b, C c) (A a, B b, C c, D d) }

/// The type of a field that can hold the key `K` of a record elsewhere: the key's own, or an `Option` of it.
#[diagnostic::on_unimplemented(
    message = "a field of type `{Self}` cannot refer to a record whose primary key is of type `{K}`",
    label = "the primary key there is of type `{K}`",
    note = "write the field as `{K}`, or as `Option<{K}>` where there may be no such record"
)]
pub trait RefersTo<K> {
    /// Named by generated code, to ask.
    #[doc(hidden)]
    const CHECKED: () = ();
}

#[diagnostic::do_not_recommend]
impl<K, T: HoldsKey<K>> RefersTo<K> for T {}

/// Behind [`RefersTo`], so that the compiler does not show these two where a type is neither.
#[doc(hidden)]
pub trait HoldsKey<K> {}

impl<K> HoldsKey<K> for K {}

impl<K> HoldsKey<K> for Option<K> {}
