//! `max_length = 100`.
//!
//! It does not know which lengths are allowed.

use syn::Expr;

use super::key::{Form, Given, Value};
use crate::diag::Problems;
use crate::model::Length;

impl Value for Length {
    fn read(given: Given<'_>, problems: &mut Problems) -> Option<Self> {
        let number = match given.form {
            Form::Value(written) => whole_number(written).map(|value| Self {
                value,
                written: written.clone(),
            }),
            Form::Word | Form::List(_) | Form::Broken(_) => None,
        };
        if number.is_none() {
            let key = given.key;
            given.is_wrong(
                format!("`{key}` takes a number of characters: write `{key} = 100`"),
                problems,
            );
        }
        number
    }
}

/// The number, which may be negative and stand in underscores, but has no suffix and is no constant.
pub(super) fn whole_number(expression: &Expr) -> Option<i64> {
    match expression {
        Expr::Lit(literal) => match &literal.lit {
            syn::Lit::Int(number) if number.suffix().is_empty() => number.base10_parse().ok(),
            _ => None,
        },
        Expr::Unary(negative) if matches!(negative.op, syn::UnOp::Neg(_)) => {
            whole_number(&negative.expr).map(|value| -value)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn a_length_is_a_whole_number() {
        assert_eq!(
            problems! {
                struct Book {
                    id: Uuid,
                    #[resource(max_length = "100")]
                    title: String,
                    #[resource(max_length)]
                    isbn: String,
                    #[resource(max_length = 99999999999999999999)]
                    body: String,
                    #[resource(max_length = 1_000)]
                    note: String,
                }
            },
            [
                "\"100\": `max_length` takes a number of characters: write `max_length = 100`",
                "max_length: `max_length` takes a number of characters: write `max_length = 100`",
                "99999999999999999999: `max_length` takes a number of characters: write `max_length = 100`",
            ],
        );
    }
}
