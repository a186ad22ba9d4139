//! Nobody else says what a version is: it begins with 1, every change adds 1, and clients see it.

use crate::diag::Problems;
use crate::model::Resource;

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    for column in resource.columns.iter().filter(|it| it.version.is_some()) {
        let name = &column.name;
        let counts = |key| {
            format!("the version `{name}` begins with 1, and every change adds 1; remove `{key}`")
        };
        if let Some(default) = &column.default {
            problems.at(default, counts("default"));
        }
        if let Some(value) = &column.on_update {
            problems.at(value, counts("on_update"));
        }
        if let Some(minimum) = &column.minimum {
            problems.at(&minimum.written, counts("minimum"));
        }
        if let Some(maximum) = &column.maximum {
            problems.at(&maximum.written, counts("maximum"));
        }
        if let Some(word) = &column.write_only {
            problems.at(
                word,
                format!("the version `{name}` goes out with every record; remove `write_only`"),
            );
        }
        if let Some(word) = &column.unique {
            problems.at(
                word,
                format!("many records have the same version, so `{name}` cannot be unique; remove `unique`"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn another_opinion_is_refused() {
        assert_eq!(
            problems! {
                struct Book {
                    id: Uuid,
                    #[resource(version, default, on_update = next(), minimum = 0, maximum = 9, write_only, unique)]
                    version: i64,
                }
            },
            [
                "default: the version `version` begins with 1, and every change adds 1; remove `default`",
                "next(): the version `version` begins with 1, and every change adds 1; remove `on_update`",
                "0: the version `version` begins with 1, and every change adds 1; remove `minimum`",
                "9: the version `version` begins with 1, and every change adds 1; remove `maximum`",
                "write_only: the version `version` goes out with every record; remove `write_only`",
                "unique: many records have the same version, so `version` cannot be unique; remove `unique`",
            ],
        );
    }

    #[test]
    fn read_only_says_the_same() {
        let problems = problems! {
            struct Book {
                id: Uuid,
                #[resource(version, read_only, index)]
                version: i64,
            }
        };
        assert!(problems.is_empty(), "{problems:?}");
    }
}
