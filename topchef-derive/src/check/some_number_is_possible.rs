//! A number lies between two others, if the first of them is not above the second.

use crate::diag::Problems;
use crate::model::{Number, Resource};

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    for column in &resource.columns {
        let (Some(minimum), Some(maximum)) = (&column.minimum, &column.maximum) else {
            continue;
        };
        if minimum.number.is_above(maximum.number) {
            problems.at(
                &minimum.written,
                format!(
                    "no number for `{}` is both at least this and at most the `maximum`; \
                     write the smaller one as `minimum` and the larger one as `maximum`",
                    column.name
                ),
            );
        }
    }
}

impl Number {
    fn is_above(self, other: Self) -> bool {
        match (self, other) {
            (Self::Integer(number), Self::Integer(other)) => number > other,
            (number, other) => number.as_real() > other.as_real(),
        }
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "beside a number with decimals the nearest one is near enough"
    )]
    fn as_real(self) -> f64 {
        match self {
            Self::Integer(number) => number as f64,
            Self::Real(number) => number,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn a_minimum_above_the_maximum_is_refused() {
        let wanted = |name| {
            format!(
                "no number for `{name}` is both at least this and at most the `maximum`; \
                 write the smaller one as `minimum` and the larger one as `maximum`"
            )
        };
        assert_eq!(
            problems! {
                struct Book {
                    id: Uuid,
                    #[resource(minimum = 2, maximum = 1)]
                    pages: i32,
                    #[resource(minimum = 9223372036854775807, maximum = 9223372036854775806)]
                    letters: i64,
                    #[resource(minimum = -0.5, maximum = -1)]
                    weight: f64,
                    #[resource(minimum = 7, maximum = 7)]
                    days: i32,
                    #[resource(minimum = 1, maximum = 1.5)]
                    height: f64,
                }
            },
            [
                format!("2: {}", wanted("pages")),
                format!("9223372036854775807: {}", wanted("letters")),
                format!("-0.5: {}", wanted("weight")),
            ],
        );
    }
}
