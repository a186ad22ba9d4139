//! One column of a resource, and what of a client's values it takes.
//!
//! It does not know the other columns.

use std::cmp::Ordering;

use serde_json::value::RawValue;

use super::Descriptor;
use crate::column::{
    Bound, CheckJson, Column, ColumnDefault, Format, InputError, Kind, Pattern, Value, parse_json,
};

/// One column of a resource.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts that have nothing to do with each other"
)]
pub struct ColumnDescriptor {
    /// The name in the table.
    pub name: &'static str,
    /// The name in the struct.
    pub field: &'static str,
    /// The name in JSON and URLs.
    pub wire: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it may be null.
    pub nullable: bool,
    /// Whether clients may write it: a read-only column does not exist in input.
    pub read_only: bool,
    /// Whether it never goes out.
    pub write_only: bool,
    /// What it holds when nothing was given.
    pub default: ColumnDefault,
    /// What it holds as a primary key when nothing was given.
    key_default: ColumnDefault,
    /// The fewest characters (Unicode scalar values) of a text.
    pub min_length: Option<usize>,
    /// The most characters (Unicode scalar values) of a text.
    pub max_length: Option<usize>,
    /// The smallest number.
    pub minimum: Option<Bound>,
    /// The largest number.
    pub maximum: Option<Bound>,
    /// What some part of a text must look like.
    pub pattern: Option<Pattern>,
    /// What a text is.
    pub format: Option<Format>,
    /// Whether no two records have the same value.
    pub unique: bool,
    /// Whether the table has an index on it.
    pub index: bool,
    /// The resource whose key this is.
    pub references: Option<fn() -> &'static Descriptor>,
    /// What it becomes with every change of its record.
    pub on_update: Option<fn() -> Value>,
    /// Whether it counts the versions of its record: it begins with 1, and every change adds 1.
    pub version: bool,
    /// The field's documentation.
    pub doc: &'static str,
    /// Whether JSON from a client is one of the field's type; for fields marked `json`.
    check: Option<CheckJson>,
}

impl ColumnDescriptor {
    /// What a typed column and its name in the struct say; the table and the wire call it the same until something else is said.
    pub const fn of<M, T>(column: Column<M, T>, name: &'static str) -> Self {
        let codec = column.codec();
        Self {
            name,
            field: name,
            wire: name,
            kind: codec.kind,
            nullable: codec.nullable,
            read_only: false,
            write_only: false,
            default: ColumnDefault::None,
            key_default: codec.key_default,
            min_length: None,
            max_length: None,
            minimum: None,
            maximum: None,
            pattern: None,
            format: None,
            unique: false,
            index: false,
            references: None,
            on_update: None,
            version: false,
            doc: "",
            check: codec.check,
        }
    }

    /// What it holds as a primary key when nothing was given.
    pub const fn key_default(&self) -> ColumnDefault {
        self.key_default
    }

    /// With another name in the table.
    #[must_use]
    pub const fn column(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// With another name in JSON and URLs.
    #[must_use]
    pub const fn wire(mut self, wire: &'static str) -> Self {
        self.wire = wire;
        self
    }

    /// Null is allowed.
    #[must_use]
    pub const fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// Clients cannot write it.
    #[must_use]
    pub const fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// It never goes out.
    #[must_use]
    pub const fn write_only(mut self) -> Self {
        self.write_only = true;
        self
    }

    /// With a value for when nothing was given.
    #[must_use]
    pub const fn default(mut self, default: fn() -> Value) -> Self {
        self.default = ColumnDefault::Value(default);
        self
    }

    /// At most this many characters; for a column of text, as all that is asked of texts.
    ///
    /// Whether it is one is not asked here: of types that the derive does not know by name it has the compiler ask apart,
    /// so that what is wrong is said of the user's own words.
    #[must_use]
    pub const fn max_length(mut self, characters: usize) -> Self {
        self.max_length = Some(characters);
        self
    }

    /// At least this many characters; for a column of text.
    #[must_use]
    pub const fn min_length(mut self, characters: usize) -> Self {
        self.min_length = Some(characters);
        self
    }

    /// No number below this one; for a column of numbers.
    #[must_use]
    pub const fn minimum(mut self, bound: Bound) -> Self {
        self.minimum = Some(bound);
        self
    }

    /// No number above this one; for a column of numbers.
    #[must_use]
    pub const fn maximum(mut self, bound: Bound) -> Self {
        self.maximum = Some(bound);
        self
    }

    /// Some part of the text must match this regular expression; for a column of text.
    #[must_use]
    pub const fn pattern(mut self, pattern: Pattern) -> Self {
        self.pattern = Some(pattern);
        self
    }

    /// The text must be one of these; for a column of text.
    #[must_use]
    pub const fn format(mut self, format: Format) -> Self {
        self.format = Some(format);
        self
    }

    /// No two records have the same value.
    #[must_use]
    pub const fn unique(mut self) -> Self {
        self.unique = true;
        self
    }

    /// The table has an index on it.
    #[must_use]
    pub const fn index(mut self) -> Self {
        self.index = true;
        self
    }

    /// It is the key of a record of another resource, or of the same.
    #[must_use]
    pub const fn references(mut self, target: fn() -> &'static Descriptor) -> Self {
        self.references = Some(target);
        self
    }

    /// What it becomes with every change of its record.
    #[must_use]
    pub const fn on_update(mut self, value: fn() -> Value) -> Self {
        self.on_update = Some(value);
        self
    }

    /// It counts the versions of its record; clients cannot write it. For a column of integers.
    #[must_use]
    pub const fn version(mut self) -> Self {
        self.version = true;
        self.read_only = true;
        self.default = ColumnDefault::Value(first_version);
        self
    }

    /// With the field's documentation.
    #[must_use]
    pub const fn doc(mut self, doc: &'static str) -> Self {
        self.doc = doc;
        self
    }

    /// The value that a client sent for this column.
    ///
    /// What hooks and code give a column is not asked for its bounds: they are the rules of clients' input.
    ///
    /// # Errors
    /// [`InputError`] when the column cannot take it: of several reasons the first in the order `type`, `null`, lengths,
    /// `pattern`, `format`, bounds; its code is the name of the attribute.
    pub fn parse(&self, json: &RawValue) -> Result<Value, InputError> {
        let value = parse_json(self.kind, json)?;
        if value == self.kind.null() {
            if !self.nullable {
                return Err(InputError::new("null", "must not be null"));
            }
            return Ok(value);
        }
        if let Some(check) = self.check {
            check(json.get()).map_err(|reason| InputError::new("type", reason))?;
        }
        self.accepts(&value)?;
        Ok(value)
    }

    /// Whether a value is within the lengths, bounds and forms that are asked of clients.
    ///
    /// # Errors
    /// [`InputError`] when it is not, as [`parse`](Self::parse).
    pub fn accepts(&self, value: &Value) -> Result<(), InputError> {
        match value {
            Value::String(Some(text)) => self.check_text(text),
            number => self.check_number(number),
        }
    }

    /// The lengths, the pattern and the format of a text.
    fn check_text(&self, text: &str) -> Result<(), InputError> {
        if let Some(least) = self.min_length
            && least > 0
            && text.chars().nth(least - 1).is_none()
        {
            let reason = format!("must have at least {}", characters(least));
            return Err(InputError::new("min_length", reason));
        }
        if let Some(most) = self.max_length
            && text.chars().nth(most).is_some()
        {
            let reason = format!("must have at most {}", characters(most));
            return Err(InputError::new("max_length", reason));
        }
        if let Some(pattern) = self.pattern
            && !(pattern.compiled)().is_match(text)
        {
            let reason = format!("must match the pattern `{}`", pattern.text);
            return Err(InputError::new("pattern", reason));
        }
        if let Some(format) = self.format
            && !format.accepts(text)
        {
            let reason = format!("must be {}", format.description());
            return Err(InputError::new("format", reason));
        }
        Ok(())
    }

    /// The bounds of a number.
    fn check_number(&self, number: &Value) -> Result<(), InputError> {
        if let Some(least) = self.minimum
            && least.compare(number) == Some(Ordering::Less)
        {
            return Err(InputError::new(
                "minimum",
                format!("must be at least {least}"),
            ));
        }
        if let Some(most) = self.maximum
            && most.compare(number) == Some(Ordering::Greater)
        {
            return Err(InputError::new(
                "maximum",
                format!("must be at most {most}"),
            ));
        }
        Ok(())
    }
}

fn characters(count: usize) -> String {
    match count {
        1 => "1 character".to_owned(),
        count => format!("{count} characters"),
    }
}

fn first_version() -> Value {
    Value::BigInt(Some(1))
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;
    use crate::column::{Codec, ColumnType, CompiledPattern};

    fn column<T: ColumnType>() -> ColumnDescriptor {
        let codec: &'static Codec<T> = T::CODEC;
        let column = Column::<(), T>::new(0, codec, |()| unreachable!(), |()| unreachable!());
        ColumnDescriptor::of(column, "field")
    }

    fn refused(column: &ColumnDescriptor, json: &str) -> (&'static str, String) {
        let error = column
            .parse(&RawValue::from_string(json.to_owned()).unwrap())
            .unwrap_err();
        (error.code, error.detail)
    }

    fn taken(column: &ColumnDescriptor, json: &str) -> bool {
        let json = RawValue::from_string(json.to_owned()).unwrap();
        column.parse(&json).is_ok()
    }

    static CODE: LazyLock<CompiledPattern> = LazyLock::new(|| CompiledPattern::new("^[a-z]+$"));

    #[test]
    fn lengths_are_counted_in_characters() {
        let column = column::<Option<String>>().min_length(1).max_length(2);
        assert_eq!(
            refused(&column, "\"\""),
            ("min_length", "must have at least 1 character".to_owned())
        );
        assert_eq!(
            refused(&column, "\"äöü\""),
            ("max_length", "must have at most 2 characters".to_owned())
        );
        assert!(taken(&column, "\"ä\""));
        assert!(taken(&column, "\"äö\""));
        assert!(taken(&column, "null"));
    }

    #[test]
    fn the_first_reason_is_told() {
        let pattern = Pattern {
            text: "^[a-z]+$",
            compiled: || &CODE,
        };
        let column = column::<String>()
            .min_length(3)
            .pattern(pattern)
            .format(Format::Ipv6);
        assert_eq!(refused(&column, "\"A\"").0, "min_length");
        assert_eq!(
            refused(&column, "\"ABC\""),
            ("pattern", "must match the pattern `^[a-z]+$`".to_owned())
        );
        assert_eq!(
            refused(&column, "\"abc\""),
            ("format", "must be an IPv6 address".to_owned())
        );
        assert_eq!(refused(&column, "7").0, "type");
        assert_eq!(refused(&column, "null").0, "null");
    }

    #[test]
    fn bounds_belong_to_the_range() {
        let year = column::<i32>()
            .minimum(Bound::Integer(1450))
            .maximum(Bound::Integer(2100));
        assert_eq!(
            refused(&year, "1449"),
            ("minimum", "must be at least 1450".to_owned())
        );
        assert_eq!(
            refused(&year, "2101"),
            ("maximum", "must be at most 2100".to_owned())
        );
        assert!(taken(&year, "1450") && taken(&year, "2100"));
        let price = column::<rust_decimal::Decimal>().minimum(Bound::Real(0.01));
        assert!(taken(&price, "0.01") && taken(&price, "\"0.010\""));
        assert_eq!(
            refused(&price, "0.0099999999999999999999"),
            ("minimum", "must be at least 0.01".to_owned())
        );
        let share = column::<f32>().maximum(Bound::Real(0.1));
        assert!(taken(&share, "0.1"));
        assert_eq!(refused(&share, "0.11").0, "maximum");
    }
}
