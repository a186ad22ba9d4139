//! A field that neither comes in nor goes out is no field of a resource.

use crate::diag::Problems;
use crate::model::Resource;

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    for column in &resource.columns {
        if let (Some(_), Some(write_only)) = (&column.read_only, &column.write_only) {
            problems.at(
                write_only,
                format!(
                    "`{}` cannot be both read-only and write-only; remove one",
                    column.name
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn both_together_are_refused() {
        assert_eq!(
            problems! {
                struct Book {
                    id: Uuid,
                    #[resource(read_only, write_only)]
                    secret: String,
                }
            },
            ["write_only: `secret` cannot be both read-only and write-only; remove one"],
        );
    }
}
