//! A hook for a method that does not exist would never run.

use crate::diag::Problems;
use crate::model::Resource;

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    for hook in &resource.hooks {
        // A method that the phase does not have has been refused for that.
        let is_possible = hook.phase.methods().contains(&hook.method);
        if is_possible && super::lacks(resource, &[hook.method]) {
            let name = &resource.name;
            let word = &hook.word;
            problems.at(
                word,
                format!(
                    "`{name}` has no method `{word}`; add it to `methods(..)`, or remove this hook"
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn a_hook_that_would_never_run_is_refused() {
        assert_eq!(
            problems! {
                #[resource(methods(get, list), process_input(get = f, patch = g), after_commit(delete = h))]
                struct Book { id: Uuid }
            },
            [
                "patch: `Book` has no method `patch`; add it to `methods(..)`, or remove this hook",
                "delete: `Book` has no method `delete`; add it to `methods(..)`, or remove this hook",
            ],
        );
    }
}
