//! A record is one version at a time.

use crate::diag::Problems;
use crate::model::Resource;

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    let mut versions = resource
        .columns
        .iter()
        .filter_map(|column| Some((&column.name, column.version.as_ref()?)));
    let Some((first, _)) = versions.next() else {
        return;
    };
    for (second, word) in versions {
        let name = &resource.name;
        problems.at(
            word,
            format!("`{name}` has two versions, `{first}` and `{second}`; mark one"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn a_second_version_is_refused() {
        assert_eq!(
            problems! {
                struct Book {
                    id: Uuid,
                    #[resource(version)]
                    version: i64,
                    #[resource(version)]
                    edition: i32,
                }
            },
            ["version: `Book` has two versions, `version` and `edition`; mark one"],
        );
    }
}
