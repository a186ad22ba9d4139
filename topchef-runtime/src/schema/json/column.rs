//! The JSON Schema of a column's values: type, bounds, form.
//!
//! It does not know whether a value is required.

use std::cmp::Ordering;

use serde_json::Value;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, SchemaType, Type};

use super::described;
use super::pattern::is_of_ecma;
use crate::column::{Bound, Kind, Value as Number};
use crate::descriptor::ColumnDescriptor;

/// A time of day. `time` of JSON Schema has a time zone, and this has none.
const TIME: &str = r"^\d{2}:\d{2}(:\d{2}(\.\d+)?)?$";

/// A date and a time without a time zone, which `date-time` of JSON Schema has.
const DATE_TIME: &str = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?$";

/// A decimal number as a text, so that no digit is lost in a float.
const DECIMAL: &str = r"^-?\d+(\.\d+)?$";

/// What a column holds, with all that it asks of its values.
pub(crate) fn column_schema(column: &ColumnDescriptor) -> ObjectBuilder {
    let mut schema = described(kind_schema(column.kind, column.nullable), column.doc)
        .min_length(column.min_length)
        .max_length(column.max_length);
    if let Some(pattern) = column.pattern {
        schema = if is_of_ecma(pattern.text) {
            schema.pattern(Some(pattern.text))
        } else {
            let matches = format!("Matches the regular expression `{}`.", pattern.text);
            let said = [column.doc, &matches];
            let said = said.into_iter().filter(|said| !said.is_empty());
            schema.description(Some(said.collect::<Vec<_>>().join("\n\n")))
        };
    }
    if let Some(format) = column.format {
        schema = schema.format(Some(custom(format.name())));
    }
    schema = match tighter(column.minimum, least_of(column.kind), Ordering::Greater) {
        Some(Bound::Integer(number)) => schema.minimum(Some(number)),
        Some(Bound::Real(number)) => schema.minimum(Some(number)),
        None => schema,
    };
    schema = match tighter(column.maximum, most_of(column.kind), Ordering::Less) {
        Some(Bound::Integer(number)) => schema.maximum(Some(number)),
        Some(Bound::Real(number)) => schema.maximum(Some(number)),
        None => schema,
    };
    if column.read_only {
        schema = schema.read_only(true);
    }
    if column.write_only {
        schema = schema.write_only(true);
    }
    schema
}

/// A column's bound, unless its kind's own stands beyond it on that side: then that one holds.
fn tighter(bound: Option<Bound>, of_kind: Option<i64>, beyond: Ordering) -> Option<Bound> {
    let of_kind = of_kind.map(|number| Number::BigInt(Some(number)));
    bound.filter(|bound| match &of_kind {
        Some(of_kind) => bound.compare(of_kind) != Some(beyond),
        None => true,
    })
}

fn least_of(kind: Kind) -> Option<i64> {
    match kind {
        Kind::Integer { min, .. } => Some(min),
        _ => None,
    }
}

fn most_of(kind: Kind) -> Option<i64> {
    match kind {
        Kind::Integer { max, .. } => Some(max),
        _ => None,
    }
}

/// What a column takes: what it holds, and a decimal as a number too.
pub(super) fn given_schema(column: &ColumnDescriptor) -> ObjectBuilder {
    let schema = column_schema(column);
    match (column.kind, column.nullable) {
        (Kind::Decimal, false) => schema.schema_type(several([Type::String, Type::Number])),
        (Kind::Decimal, true) => {
            schema.schema_type(several([Type::String, Type::Number, Type::Null]))
        }
        _ => schema,
    }
}

/// What values of a kind look like.
pub(crate) fn kind_schema(kind: Kind, nullable: bool) -> ObjectBuilder {
    let schema = ObjectBuilder::new().schema_type(types(kind, nullable));
    match kind {
        Kind::Integer { min, max } => integer(schema, min, max),
        Kind::Real => schema.format(Some(known(KnownFormat::Float))),
        Kind::Double => schema.format(Some(known(KnownFormat::Double))),
        Kind::Decimal => schema.pattern(Some(DECIMAL)),
        Kind::Boolean | Kind::Text | Kind::Json => schema,
        Kind::Uuid => schema.format(Some(custom("uuid"))),
        Kind::Date => schema.format(Some(known(KnownFormat::Date))),
        Kind::Time => schema.pattern(Some(TIME)),
        Kind::DateTime => schema.pattern(Some(DATE_TIME)),
        Kind::Timestamp => schema.format(Some(known(KnownFormat::DateTime))),
        Kind::Bytes => schema.content_encoding("base64"),
        Kind::Enum(names) => {
            let names = names.iter().map(|name| Value::from(*name));
            schema.enum_values(Some(names.chain(nullable.then_some(Value::Null))))
        }
    }
}

/// The bounds of an integer's width; all of 64 bits is said by the format, which other languages read without losing digits.
fn integer(schema: ObjectBuilder, min: i64, max: i64) -> ObjectBuilder {
    let format = match (min, max) {
        (i64::MIN, i64::MAX) => return schema.format(Some(known(KnownFormat::Int64))),
        (min, max) if i32::try_from(min).is_ok() && i32::try_from(max).is_ok() => {
            KnownFormat::Int32
        }
        _ => KnownFormat::Int64,
    };
    schema
        .format(Some(known(format)))
        .minimum(Some(min))
        .maximum(Some(max))
}

fn types(kind: Kind, nullable: bool) -> SchemaType {
    let of_kind = match kind {
        Kind::Integer { .. } => Type::Integer,
        Kind::Real | Kind::Double => Type::Number,
        Kind::Boolean => Type::Boolean,
        Kind::Text
        | Kind::Decimal
        | Kind::Uuid
        | Kind::Date
        | Kind::Time
        | Kind::DateTime
        | Kind::Timestamp
        | Kind::Bytes
        | Kind::Enum(_) => Type::String,
        Kind::Json if nullable => return SchemaType::AnyValue,
        Kind::Json => {
            return several([
                Type::Object,
                Type::Array,
                Type::String,
                Type::Number,
                Type::Boolean,
            ]);
        }
    };
    if nullable {
        several([of_kind, Type::Null])
    } else {
        of_kind.into()
    }
}

fn several(types: impl IntoIterator<Item = Type>) -> SchemaType {
    types.into_iter().collect()
}

fn known(format: KnownFormat) -> SchemaFormat {
    SchemaFormat::KnownFormat(format)
}

fn custom(format: &str) -> SchemaFormat {
    SchemaFormat::Custom(format.to_owned())
}
