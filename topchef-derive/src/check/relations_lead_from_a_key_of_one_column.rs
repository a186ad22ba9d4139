//! Another record names this one in one field, so the key that it names is of one column.

use crate::diag::Problems;
use crate::model::{ForeignKey, Resource};

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    if resource.key.len() < 2 {
        return;
    }
    for relation in &resource.relations {
        if let Some(link) = &relation.link
            && let ForeignKey::There(_) = link.foreign_key
        {
            let name = &resource.name;
            let by = &link.by;
            let target = link.target_name();
            problems.at(
                by,
                format!("the primary key of `{name}` is of several columns, and one field of `{target}` cannot name them all; remove this relation"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn a_key_of_several_columns_is_named_by_no_field() {
        let problems = problems! {
            #[resource(relations(
                author(belongs_to = Author, by = author_id),
                chapters(has_many = Chapter, by = book_id),
            ))]
            struct Book {
                #[resource(primary_key)]
                isbn: String,
                #[resource(primary_key)]
                edition: i32,
                author_id: Uuid,
            }
        };
        assert!(
            problems.contains(
                &"book_id: the primary key of `Book` is of several columns, and one field of `Chapter` cannot name \
                  them all; remove this relation"
                    .to_owned()
            ),
            "{problems:?}"
        );
    }
}
