//! What refers to a record holds its primary key and nothing else.

use crate::diag::Problems;
use crate::model::Resource;

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    for column in &resource.columns {
        let Some(target) = &column.references else {
            continue;
        };
        let name = &column.name;
        if column.json.is_some() {
            problems.at(
                target,
                format!("`references` is for a primary key, and `{name}` is JSON; remove `references`, or `json`"),
            );
        }
        if column.version.is_some() {
            problems.at(
                target,
                format!(
                    "`references` is for a primary key, and `{name}` counts versions; remove one"
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn something_else_is_refused() {
        assert_eq!(
            problems! {
                struct Book {
                    id: Uuid,
                    #[resource(references = Author, json)]
                    author: Author,
                    #[resource(version, references = Version)]
                    version: i64,
                }
            },
            [
                "Author: `references` is for a primary key, and `author` is JSON; remove `references`, or `json`",
                "Version: `references` is for a primary key, and `version` counts versions; remove one",
            ],
        );
    }
}
