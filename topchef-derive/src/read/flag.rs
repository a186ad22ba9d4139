//! A key that stands alone: `read_only`.
//!
//! It does not know what the key says.

use super::key::{Form, Given, Value};
use crate::diag::Problems;

/// There is nothing to read: that the key stands there is all it says.
pub(super) struct Flag;

impl Value for Flag {
    fn read(given: Given<'_>, problems: &mut Problems) -> Option<Self> {
        if !matches!(given.form, Form::Word) {
            let key = given.key;
            given.is_wrong(
                format!("`{key}` stands alone: write `{key}`, or leave it out"),
                problems,
            );
        }
        Some(Self)
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn a_flag_stands_alone_and_counts_all_the_same() {
        assert_eq!(
            problems! {
                struct Book {
                    #[resource(primary_key = true)]
                    isbn: String,
                    #[resource(read_only(post))]
                    title: String,
                }
            },
            [
                "true: `primary_key` stands alone: write `primary_key`, or leave it out",
                "post: `read_only` stands alone: write `read_only`, or leave it out",
            ],
        );
    }
}
