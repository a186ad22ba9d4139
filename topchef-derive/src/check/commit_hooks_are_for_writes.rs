//! Only what writes also commits.

use crate::diag::{Problems, listed};
use crate::model::{Method, Resource};

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    for hook in &resource.hooks {
        let methods = hook.phase.methods();
        if !methods.contains(&hook.method) {
            let words: Vec<&str> = methods.iter().copied().map(Method::word).collect();
            problems.at(
                &hook.word,
                format!(
                    "a `{}` commits nothing; `{}` is for {}",
                    hook.word,
                    hook.phase.word(),
                    listed(&words)
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn a_commit_hook_for_a_read_is_refused() {
        assert_eq!(
            problems! {
                #[resource(methods(list, post), before_commit(get = f), after_commit(list = g, post = h))]
                struct Book { id: Uuid }
            },
            [
                "get: a `get` commits nothing; `before_commit` is for `post`, `put`, `patch` and `delete`",
                "list: a `list` commits nothing; `after_commit` is for `post`, `put`, `patch` and `delete`",
            ],
        );
    }
}
