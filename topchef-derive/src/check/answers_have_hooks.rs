//! Only a hook answers with another resource's record.

use crate::diag::Problems;
use crate::model::{Phase, Resource};

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    for answer in &resource.answers {
        let method = answer.method.method;
        let word = &answer.method.word;
        let target = answer.target_name();
        if !Phase::AfterCommit.methods().contains(&method) {
            problems.at(
                word,
                format!("a `{word}` commits nothing, so no hook answers it with `{target}`; name fields of this resource"),
            );
        } else if super::lacks(resource, &[method]) {
            let name = &resource.name;
            problems.at(
                word,
                format!("`{name}` has no method `{word}`; add it to `methods(..)`, or remove this"),
            );
        } else if !resource
            .hooks
            .iter()
            .any(|hook| hook.method == method && hook.phase != Phase::ProcessInput)
        {
            problems.at(
                word,
                format!("nothing answers `{word}` with `{target}`; write a hook that does, `after_commit({word} = path)`"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn an_answer_comes_from_a_hook() {
        assert_eq!(
            problems! {
                #[resource(
                    methods(get, post, put, patch),
                    serial_fields(get = Job[id], post = Job[id], put = jobs::Job[id], patch = Job[id], delete = Job[id]),
                    process_input(put = f),
                    before_commit(post = g),
                    after_commit(patch = h),
                )]
                struct Book { id: Uuid }
            },
            [
                "get: a `get` commits nothing, so no hook answers it with `Job`; name fields of this resource",
                "put: nothing answers `put` with `Job`; write a hook that does, `after_commit(put = path)`",
                "delete: `Book` has no method `delete`; add it to `methods(..)`, or remove this",
            ],
        );
    }
}
