//! A set of columns, such as those that a request changes, is 128 bits wide.

use crate::diag::Problems;
use crate::model::Resource;

const MOST: usize = 128;

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    let count = resource.columns.len();
    if let Some(first_too_many) = resource.columns.get(MOST) {
        let name = &resource.name;
        problems.at(
            &first_too_many.field,
            format!(
                "`{name}` has {count} columns, and a resource at most {MOST}; keep some together in a field with \
                 `#[resource(json)]`"
            ),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems_of;

    fn problems_of_a_struct_with(columns: usize) -> Vec<String> {
        let fields: Vec<String> = (1..columns)
            .map(|place| format!("field{place}: i32"))
            .collect();
        let item = format!("struct Wide {{ id: i64, {} }}", fields.join(", "));
        problems_of(&item, crate::pipeline::resource_stages)
    }

    #[test]
    fn one_more_is_refused() {
        assert!(problems_of_a_struct_with(128).is_empty());
        assert_eq!(
            problems_of_a_struct_with(129),
            [
                "field128: `Wide` has 129 columns, and a resource at most 128; keep some together in a field with \
                 `#[resource(json)]`"
            ],
        );
    }
}
