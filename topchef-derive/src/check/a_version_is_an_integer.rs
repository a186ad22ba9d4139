//! A version counts, and is never unknown; a type that the macro cannot know is left to the compiler.

use crate::diag::Problems;
use crate::model::Resource;

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    let marked = resource
        .columns
        .iter()
        .filter_map(|column| Some((column, column.version.as_ref()?)));
    for (column, word) in marked {
        let name = &column.name;
        if let Some(json) = &column.json {
            problems.at(
                json,
                format!("the version `{name}` is an integer; remove `json`"),
            );
        } else if column.is_plainly_not_an_integer() {
            problems.at(
                &column.ty,
                format!("the version `{name}` counts changes; write an integer, such as `i64`"),
            );
        } else if column.is_option() {
            problems.at(
                &column.ty,
                format!("the version `{name}` cannot be null; write the type without `Option`"),
            );
        }
        if resource.key_columns().any(|key| key.name == *name) {
            problems.at(
                word,
                format!("the primary key `{name}` never changes, and a version does; write a field for each"),
            );
        }
    }
}

#[cfg(test)]
mod tests {

    #[test]
    fn something_else_is_refused() {
        for (field, expected) in [
            (
                "version: String",
                "String: the version `version` counts changes; write an integer, such as `i64`",
            ),
            (
                "version: Option<f64>",
                "Option<f64>: the version `version` counts changes; write an integer, such as `i64`",
            ),
            (
                "version: Option<i64>",
                "Option<i64>: the version `version` cannot be null; write the type without `Option`",
            ),
            (
                "#[resource(json)] version: i64",
                "json: the version `version` is an integer; remove `json`",
            ),
            (
                "#[resource(primary_key)] version: i64",
                "version: the primary key `version` never changes, and a version does; write a field for each",
            ),
        ] {
            let item = format!("struct Book {{ id: Uuid, #[resource(version)] {field} }}");
            let problems = crate::testing::problems_of(&item, crate::pipeline::resource_stages);
            assert_eq!(problems, [expected]);
        }
    }

    #[test]
    fn integers_and_unknown_types_are_fine() {
        for ty in ["i64", "u32", "Version"] {
            let item = format!("struct Book {{ id: Uuid, #[resource(version)] version: {ty} }}");
            let problems = crate::testing::problems_of(&item, crate::pipeline::resource_stages);
            assert!(problems.is_empty(), "{problems:?}");
        }
    }
}
