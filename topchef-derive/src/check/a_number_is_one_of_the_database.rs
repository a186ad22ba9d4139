//! The integers of a database have a sign and at most 64 bits.

use crate::diag::Problems;
use crate::model::Resource;

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    for column in &resource.columns {
        if let Some(number) = column.number_of_no_database() {
            problems.at(
                &column.ty,
                format!("no database holds every `{number}`; write `i64`, or `u32` for numbers without a sign"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn an_integer_of_no_database_is_refused_once() {
        let wanted = |word: &str, number: &str| {
            format!(
                "{word}: no database holds every `{number}`; write `i64`, or `u32` for numbers without a sign"
            )
        };
        assert_eq!(
            problems! {
                struct Book { id: u64, pages: Option<usize>, size: i64, #[resource(json)] words: u64 }
            },
            [wanted("u64", "u64"), wanted("Option<usize>", "usize")],
        );
    }
}
