//! `before_commit(post = path)`, and the other two.
//!
//! It does not know which methods a phase has, and not how a hook stands in parentheses.

use syn::{Expr, ExprLit, ExprPath, Lit};

use super::by_method;
use super::delivery;
use super::key::{Form, Given, Value};
use crate::diag::Problems;
use crate::model::{Delivery, Hook, ListedMethod, Phase};

/// The hooks of one phase.
pub(super) struct Hooks(Vec<(ListedMethod, DeliveredHook)>);

/// A hook and how it is delivered.
pub(super) struct DeliveredHook {
    pub(super) path: ExprPath,
    pub(super) delivery: Delivery,
}

impl Hooks {
    pub(super) fn of(self, phase: Phase) -> impl Iterator<Item = Hook> {
        self.0
            .into_iter()
            .map(move |(ListedMethod { method, word }, hook)| Hook {
                phase,
                method,
                word,
                path: hook.path,
                delivery: hook.delivery,
            })
    }
}

impl Value for Hooks {
    fn read(given: Given<'_>, problems: &mut Problems) -> Option<Self> {
        let key = given.key;
        let phase = Phase::ALL
            .into_iter()
            .find(|phase| key == phase.word())
            .unwrap_or(Phase::ProcessInput);
        let hook = |given: Given<'_>, problems: &mut Problems| match given.form {
            Form::List(tokens) => delivery::read(phase, given, tokens, problems),
            _ => ExprPath::read(given, problems).map(DeliveredHook::durable),
        };
        match given.form {
            Form::List(tokens) if !tokens.is_empty() => Some(Self(by_method::read_by(
                hook,
                tokens,
                phase.methods(),
                problems,
            ))),
            _ => {
                given.is_wrong(
                    format!("`{key}` takes a hook for each method: write `{key}(post = path)`"),
                    problems,
                );
                None
            }
        }
    }
}

impl DeliveredHook {
    /// A hook without a word beside it.
    pub(super) fn durable(path: ExprPath) -> Self {
        Self {
            path,
            delivery: Delivery::Durable,
        }
    }
}

impl Value for ExprPath {
    fn read(given: Given<'_>, problems: &mut Problems) -> Option<Self> {
        let method = given.key;
        let hook = if method == "authorize" {
            "a policy"
        } else {
            "a hook"
        };
        if let Form::Value(value) = given.form {
            return path_of(value, hook, &|path| format!("{method} = {path}"), problems);
        }
        given.is_wrong(
            format!("{hook} is the path of an `async fn`: write `{method} = path`"),
            problems,
        );
        None
    }
}

/// The path that names a hook; `write` says how a path is written there.
pub(super) fn path_of(
    value: &Expr,
    hook: &str,
    write: &dyn Fn(&str) -> String,
    problems: &mut Problems,
) -> Option<ExprPath> {
    let message = match value {
        Expr::Path(path) => return Some(path.clone()),
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => format!("write the path without quotes: `{}`", write(&text.value())),
        Expr::Closure(_) => format!(
            "{hook} is not a closure: write an `async fn` and name it, `{}`",
            write("path")
        ),
        Expr::Call(_) => format!(
            "{hook} is named, not called: write its path without parentheses, `{}`",
            write("path")
        ),
        _ => format!(
            "{hook} is the path of an `async fn`: write `{}`",
            write("path")
        ),
    };
    problems.at(value, message);
    None
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn a_hook_is_a_path() {
        assert_eq!(
            problems! {
                #[resource(after_commit(post = "jobs::submit", put = |tx| tx, patch = submit(), delete))]
                #[resource(process_input(get = <Book as Checks>::check, list = Self::check))]
                struct Book { id: Uuid }
            },
            [
                "\"jobs::submit\": write the path without quotes: `post = jobs::submit`",
                "|tx| tx: a hook is not a closure: write an `async fn` and name it, `put = path`",
                "submit(): a hook is named, not called: write its path without parentheses, `patch = path`",
                "delete: a hook is the path of an `async fn`: write `delete = path`",
            ],
        );
    }

    #[test]
    fn a_policy_is_a_path() {
        for (given, word, message) in [
            (
                "= \"members\"",
                "\"members\"",
                "write the path without quotes: `authorize = members`",
            ),
            (
                "= |cx| cx",
                "|cx| cx",
                "a policy is not a closure: write an `async fn` and name it, `authorize = path`",
            ),
            (
                "= members()",
                "members()",
                "a policy is named, not called: write its path without parentheses, `authorize = path`",
            ),
            (
                "(get = members)",
                "get = members",
                "a policy is the path of an `async fn`: write `authorize = path`",
            ),
        ] {
            let item = format!("#[resource(authorize {given})] struct Book {{ id: Uuid }}");
            let problems = crate::testing::problems_of(&item, crate::pipeline::resource_stages);
            assert_eq!(problems, [format!("{word}: {message}")]);
        }
    }

    #[test]
    fn a_hook_belongs_to_a_method() {
        assert_eq!(
            problems! {
                #[resource(process_input = check, before_commit(), after_commit(pots = a, foo = b, put = c, put = d))]
                struct Book { id: Uuid }
            },
            [
                "check: `process_input` takes a hook for each method: write `process_input(post = path)`",
                "before_commit: `before_commit` takes a hook for each method: write `before_commit(post = path)`",
                "pots: no method `pots`; did you mean `post`?",
                "foo: no method `foo`; there are `post`, `put`, `patch` and `delete`",
                "put: `put` is given twice; keep one",
            ],
        );
    }
}
