//! Which types of `PostgreSQL` keep the values of a field as they are.
//!
//! It does not know whose column it is.

use crate::column::Kind;

/// Whether a column declared so keeps the values of a kind: what does not fit in it is refused, and nothing is changed.
pub(super) fn keeps(declared: &str, kind: Kind) -> bool {
    match kind {
        Kind::Integer { min, max } => {
            integers(declared).is_some_and(|(least, most)| least <= min && max <= most)
        }
        Kind::Boolean => declared == "boolean",
        Kind::Real => matches!(declared, "real" | "double precision"),
        Kind::Double => declared == "double precision",
        // One with a number of places rounds to it.
        Kind::Decimal => declared == "numeric",
        // `character(n)` fills up with blanks.
        Kind::Text | Kind::Json | Kind::Enum(_) => {
            declared == "text" || declared.starts_with("character varying")
        }
        Kind::Uuid => declared == "uuid",
        Kind::Bytes => declared == "bytea",
        Kind::Date => declared == "date",
        Kind::Time => declared == "time without time zone",
        Kind::DateTime => declared == "timestamp without time zone",
        Kind::Timestamp => declared == "timestamp with time zone",
    }
}

/// The least and the largest number of a type of whole numbers.
fn integers(declared: &str) -> Option<(i64, i64)> {
    match declared {
        "smallint" => Some((i16::MIN.into(), i16::MAX.into())),
        "integer" => Some((i32::MIN.into(), i32::MAX.into())),
        "bigint" => Some((i64::MIN, i64::MAX)),
        _ => None,
    }
}

/// How a table that we make declares a kind.
pub(super) const fn declared(kind: Kind) -> &'static str {
    match kind {
        Kind::Integer { .. } => "bigint",
        Kind::Boolean => "boolean",
        Kind::Real => "real",
        Kind::Double => "double precision",
        Kind::Decimal => "numeric",
        Kind::Text | Kind::Json | Kind::Enum(_) => "text COLLATE \"C\"",
        Kind::Uuid => "uuid",
        Kind::Bytes => "bytea",
        Kind::Date => "date",
        Kind::Time => "time without time zone",
        Kind::DateTime => "timestamp without time zone",
        Kind::Timestamp => "timestamp with time zone",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Kind = Kind::Integer {
        min: 0,
        max: u8::MAX as i64,
    };
    const LARGE: Kind = Kind::Integer {
        min: i64::MIN,
        max: i64::MAX,
    };

    #[test]
    fn what_would_change_a_value_does_not_fit() {
        for (declared, kind, fits) in [
            ("smallint", SMALL, true),
            ("integer", LARGE, false),
            ("bigint", LARGE, true),
            ("numeric", LARGE, false),
            ("real", Kind::Double, false),
            ("double precision", Kind::Real, true),
            ("numeric(10,2)", Kind::Decimal, false),
            ("character varying(20)", Kind::Text, true),
            ("character(20)", Kind::Text, false),
            ("jsonb", Kind::Json, false),
            ("timestamp without time zone", Kind::Timestamp, false),
            ("time(3) without time zone", Kind::Time, false),
        ] {
            assert_eq!(keeps(declared, kind), fits, "{declared} for {kind:?}");
        }
    }

    #[test]
    fn what_we_declare_fits() {
        for kind in [
            SMALL,
            LARGE,
            Kind::Real,
            Kind::Double,
            Kind::Decimal,
            Kind::Boolean,
            Kind::Uuid,
            Kind::Bytes,
            Kind::Date,
            Kind::Time,
            Kind::DateTime,
            Kind::Timestamp,
        ] {
            assert!(keeps(declared(kind), kind), "{kind:?}");
        }
    }
}
