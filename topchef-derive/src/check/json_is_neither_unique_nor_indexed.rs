//! One value can be written as many JSON texts, so that comparing the texts says nothing.

use crate::diag::Problems;
use crate::model::Resource;

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    for column in resource.columns.iter().filter(|it| it.json.is_some()) {
        for word in [&column.unique, &column.index].into_iter().flatten() {
            problems.at(
                word,
                format!(
                    "`{word}` compares values, and `{}` is JSON; remove it",
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
    fn both_are_refused() {
        assert_eq!(
            problems! {
                struct Book {
                    id: Uuid,
                    #[resource(json, unique)]
                    body: Body,
                    #[resource(index, json)]
                    tags: Vec<String>,
                }
            },
            [
                "unique: `unique` compares values, and `body` is JSON; remove it",
                "index: `index` compares values, and `tags` is JSON; remove it",
            ],
        );
    }
}
