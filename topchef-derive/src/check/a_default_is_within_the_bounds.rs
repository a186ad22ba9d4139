//! A default that clients could not write themselves is a mistake; of values that are not written out nothing is known.

use syn::{Expr, ExprLit, Lit, UnOp};

use crate::diag::Problems;
use crate::model::{Column, DefaultValue, Number, Resource};

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    for column in &resource.columns {
        let Some(DefaultValue::Literal(written)) = &column.default else {
            continue;
        };
        if let Some(key) = broken_bound(column, written) {
            let name = &column.name;
            problems.at(
                written,
                format!("the default of `{name}` breaks its `{key}`; write another value, or another `{key}`"),
            );
        }
    }
}

/// The bound that a literal breaks.
fn broken_bound(column: &Column, written: &Expr) -> Option<&'static str> {
    if let Expr::Lit(ExprLit {
        lit: Lit::Str(text),
        ..
    }) = written
    {
        let characters = i64::try_from(text.value().chars().count()).ok()?;
        let is_broken = |bound: &Option<_>, breaks: fn(i64, i64) -> bool| {
            bound
                .as_ref()
                .is_some_and(|it: &crate::model::Length| breaks(characters, it.value))
        };
        return if is_broken(&column.max_length, |it, most| it > most) {
            Some("max_length")
        } else if is_broken(&column.min_length, |it, least| it < least) {
            Some("min_length")
        } else {
            None
        };
    }
    let number = number(written)?;
    let is_broken = |bound: &Option<_>, breaks: fn(f64, f64) -> bool| {
        bound
            .as_ref()
            .is_some_and(|it: &crate::model::Bound| breaks(number, value(it.number)))
    };
    if is_broken(&column.minimum, |it, least| it < least) {
        Some("minimum")
    } else if is_broken(&column.maximum, |it, most| it > most) {
        Some("maximum")
    } else {
        None
    }
}

fn number(written: &Expr) -> Option<f64> {
    match written {
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => Some(-number(&unary.expr)?),
        Expr::Lit(ExprLit {
            lit: Lit::Int(number),
            ..
        }) => number.base10_parse().ok(),
        Expr::Lit(ExprLit {
            lit: Lit::Float(number),
            ..
        }) => number.base10_parse().ok(),
        _ => None,
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "numbers that differ in the last of 53 bits are taken for one, and nothing is said"
)]
fn value(number: Number) -> f64 {
    match number {
        Number::Integer(number) => number as f64,
        Number::Real(number) => number,
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn a_default_that_breaks_a_bound_is_refused() {
        assert_eq!(
            problems! {
                struct Book {
                    id: Uuid,
                    #[resource(maximum = 3, default = 5)]
                    grade: i32,
                    #[resource(minimum = 0.5, default = -0.5)]
                    price: f64,
                    #[resource(max_length = 2, default = "xyz")]
                    mark: String,
                    #[resource(min_length = 2, default = "ä")]
                    shelf: Option<String>,
                }
            },
            [
                "5: the default of `grade` breaks its `maximum`; write another value, or another `maximum`",
                "-0.5: the default of `price` breaks its `minimum`; write another value, or another `minimum`",
                "\"xyz\": the default of `mark` breaks its `max_length`; write another value, or another `max_length`",
                "\"ä\": the default of `shelf` breaks its `min_length`; write another value, or another `min_length`",
            ],
        );
    }

    #[test]
    fn all_others_are_left_to_the_program() {
        let problems = problems! {
            struct Book {
                id: Uuid,
                #[resource(minimum = -1, maximum = 3, default = -1)]
                grade: i32,
                #[resource(maximum = 3, default = Self::MOST)]
                pages: i32,
                #[resource(max_length = 2, default = "ää")]
                mark: String,
            }
        };
        assert!(problems.is_empty(), "{problems:?}");
    }
}
