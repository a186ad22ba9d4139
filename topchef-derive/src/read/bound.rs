//! `minimum = -1.5` and `maximum = 200`.
//!
//! It does not know which numbers the field can hold.

use syn::{Expr, Lit, UnOp};

use super::key::{Form, Given, Value};
use crate::diag::Problems;
use crate::model::{Bound, Number};

impl Value for Bound {
    fn read(given: Given<'_>, problems: &mut Problems) -> Option<Self> {
        let bound = match given.form {
            Form::Value(written) => number(written).map(|number| Self {
                number,
                written: written.clone(),
            }),
            Form::Word | Form::List(_) | Form::Broken(_) => None,
        };
        if bound.is_none() {
            let key = given.key;
            given.is_wrong(
                format!("`{key}` takes a number: write `{key} = 100`, or `{key} = -0.5`"),
                problems,
            );
        }
        bound
    }
}

/// The number, which may be negative and stand in underscores, but has no suffix and is no constant.
fn number(expression: &Expr) -> Option<Number> {
    match literal(expression)? {
        // Only now: the smallest `i64` has no positive of its own.
        Literal::Integer(number) => i64::try_from(number).ok().map(Number::Integer),
        Literal::Real(number) => number.is_finite().then_some(Number::Real(number)),
    }
}

enum Literal {
    Integer(i128),
    Real(f64),
}

fn literal(expression: &Expr) -> Option<Literal> {
    match expression {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(number) if number.suffix().is_empty() => {
                number.base10_parse().ok().map(Literal::Integer)
            }
            Lit::Float(number) if number.suffix().is_empty() => {
                number.base10_parse().ok().map(Literal::Real)
            }
            _ => None,
        },
        Expr::Unary(negative) if matches!(negative.op, UnOp::Neg(_)) => literal(&negative.expr)
            .map(|number| match number {
                Literal::Integer(number) => Literal::Integer(-number),
                Literal::Real(number) => Literal::Real(-number),
            }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn a_bound_is_a_number() {
        assert_eq!(
            problems! {
                struct Book {
                    id: Uuid,
                    #[resource(minimum = "100")]
                    pages: i32,
                    #[resource(minimum)]
                    chapters: i32,
                    #[resource(maximum = 9223372036854775808)]
                    letters: i64,
                    #[resource(maximum = 1e999)]
                    weight: f64,
                    #[resource(maximum = 5i32)]
                    height: f64,
                    #[resource(maximum = i32::MAX)]
                    width: f64,
                }
            },
            [
                "\"100\": `minimum` takes a number: write `minimum = 100`, or `minimum = -0.5`",
                "minimum: `minimum` takes a number: write `minimum = 100`, or `minimum = -0.5`",
                "9223372036854775808: `maximum` takes a number: write `maximum = 100`, or `maximum = -0.5`",
                "1e999: `maximum` takes a number: write `maximum = 100`, or `maximum = -0.5`",
                "5i32: `maximum` takes a number: write `maximum = 100`, or `maximum = -0.5`",
                "i32::MAX: `maximum` takes a number: write `maximum = 100`, or `maximum = -0.5`",
            ],
        );
    }

    #[test]
    fn a_bound_can_be_negative_and_have_decimals() {
        let problems = problems! {
            struct Book {
                id: Uuid,
                #[resource(minimum = -9_223_372_036_854_775_808, maximum = 9_223_372_036_854_775_807)]
                pages: i64,
                #[resource(minimum = -0.5, maximum = 1e3)]
                weight: f64,
            }
        };
        assert!(problems.is_empty(), "{problems:?}");
    }
}
