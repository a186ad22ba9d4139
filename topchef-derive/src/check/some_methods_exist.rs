//! A resource without methods could not be reached.

use crate::diag::Problems;
use crate::model::Resource;

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    if resource.methods.listed.is_empty() {
        problems.at(
            &resource.methods.key,
            "a resource needs a method: write `methods(get, list)`, or leave the key out for all",
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn an_empty_list_is_refused() {
        assert_eq!(
            problems! {
                #[resource(methods())]
                struct Book { id: Uuid }
            },
            [
                "methods: a resource needs a method: write `methods(get, list)`, or leave the key out for all"
            ],
        );
    }

    #[test]
    fn an_empty_list_is_not_also_an_unexposed_hook() {
        assert_eq!(
            problems! {
                #[resource(methods(), process_input(get = f), serial_fields(get = [id]))]
                struct Book { id: Uuid }
            }
            .len(),
            1,
        );
    }
}
