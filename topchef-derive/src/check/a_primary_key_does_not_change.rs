//! A record keeps its primary key: everybody else knows it by that.

use crate::diag::Problems;
use crate::model::Resource;

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    for column in resource.key_columns() {
        if let Some(value) = &column.on_update {
            let name = &column.name;
            problems.at(
                value,
                format!(
                    "the primary key `{name}` never changes; remove `on_update`, or write `default`"
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn a_key_that_changes_is_refused() {
        assert_eq!(
            problems! {
                struct Seat {
                    #[resource(primary_key, on_update = next_row)]
                    row: String,
                    #[resource(primary_key)]
                    place: i32,
                    #[resource(on_update = Utc::now)]
                    changed_at: DateTime<Utc>,
                }
            },
            [
                "next_row: the primary key `row` never changes; remove `on_update`, or write `default`"
            ],
        );
    }
}
