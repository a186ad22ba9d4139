//! `after_commit(post(path, best_effort))`: a hook in parentheses, and the word that says how it is delivered.
//!
//! It does not know what becomes of a hook.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Expr, ExprPath, Ident};

use super::attribute;
use super::hooks::{DeliveredHook, path_of};
use super::key::{Given, Value, given_twice, ungrouped};
use crate::diag::{Problems, suggestion};
use crate::model::{Delivery, Phase};

/// The one word that stands beside a hook.
const BEST_EFFORT: &str = "best_effort";

/// What stands in the parentheses.
#[derive(Default)]
struct Words {
    /// The first that is not `best_effort`.
    hook: Option<Expr>,
    /// `best_effort`, as often as it stands there.
    marks: Vec<Ident>,
    /// Whether such a mark comes before all else.
    mark_is_first: bool,
    /// What else stands there.
    others: Vec<Expr>,
    /// What could not be read.
    broken: Vec<syn::Error>,
}

/// Reads a hook in parentheses; only `after_commit` has such hooks.
pub(super) fn read(
    phase: Phase,
    given: Given<'_>,
    tokens: &TokenStream,
    problems: &mut Problems,
) -> Option<DeliveredHook> {
    let words = Words::of(tokens);
    if phase == Phase::AfterCommit {
        words.read(given.key, problems)
    } else if words.marks.is_empty() {
        ExprPath::read(given, problems).map(DeliveredHook::durable)
    } else {
        words.refuse(given.key, problems)
    }
}

impl Words {
    fn of(tokens: &TokenStream) -> Self {
        let mut words = Self::default();
        for (index, read) in attribute::expressions(tokens).into_iter().enumerate() {
            match read {
                Ok(word) => words.add(index, ungrouped(&word)),
                Err(error) => words.broken.push(error),
            }
        }
        words
    }

    fn add(&mut self, index: usize, word: &Expr) {
        match word_of(word) {
            Some(mark) if mark == BEST_EFFORT => {
                self.mark_is_first |= index == 0;
                self.marks.push(mark.clone());
            }
            _ if self.hook.is_none() => self.hook = Some(word.clone()),
            _ => self.others.push(word.clone()),
        }
    }

    /// The hook, and all that is wrong with what stands there.
    fn read(self, method: &Ident, problems: &mut Problems) -> Option<DeliveredHook> {
        let hook = self.shown_hook();
        if self.broken.is_empty() {
            self.say_what_is_missing(method, &hook, problems);
        }
        for mark in self.marks.iter().skip(1) {
            given_twice(mark, problems);
        }
        for other in &self.others {
            unknown(other, method, &hook, problems);
        }
        let delivery = if self.marks.is_empty() {
            Delivery::Durable
        } else {
            Delivery::BestEffort
        };
        let is_durable = self.marks.is_empty() && self.others.is_empty();
        let write = |path: &str| {
            if is_durable {
                format!("{method} = {path}")
            } else {
                format!("{method}({path}, {BEST_EFFORT})")
            }
        };
        for error in self.broken {
            problems.syntax(error);
        }
        let path = path_of(&self.hook?, "a hook", &write, problems)?;
        Some(DeliveredHook { path, delivery })
    }

    /// What is missing, or stands where something else should.
    fn say_what_is_missing(&self, method: &Ident, hook: &str, problems: &mut Problems) {
        match (&self.hook, self.marks.first()) {
            (None, None) => problems.at(
                method,
                format!("`{method}` names no hook: write `{method} = path`, or `{method}(path, {BEST_EFFORT})`"),
            ),
            (None, Some(mark)) => problems.at(
                mark,
                format!("no hook stands before `{BEST_EFFORT}`: write `{method}(path, {BEST_EFFORT})`"),
            ),
            (Some(_), Some(mark)) if self.mark_is_first => problems.at(
                mark,
                format!("the hook stands before `{BEST_EFFORT}`: write `{method}({hook}, {BEST_EFFORT})`"),
            ),
            (Some(path @ Expr::Path(_)), None) if self.others.is_empty() => problems.at(
                path,
                format!(
                    "a hook in parentheses needs the word `{BEST_EFFORT}`: write `{method} = {hook}`, or `{method}({hook}, {BEST_EFFORT})`"
                ),
            ),
            _ => {}
        }
    }

    /// The hook of a phase that has no deliveries.
    fn refuse(self, method: &Ident, problems: &mut Problems) -> Option<DeliveredHook> {
        let hook = self.shown_hook();
        if let Some(mark) = self.marks.first() {
            problems.at(
                mark,
                format!("`{BEST_EFFORT}` is for `after_commit`; write `{method} = {hook}`"),
            );
        }
        for error in self.broken {
            problems.syntax(error);
        }
        let write = |path: &str| format!("{method} = {path}");
        path_of(&self.hook?, "a hook", &write, problems).map(DeliveredHook::durable)
    }

    /// The hook's path as messages show it.
    fn shown_hook(&self) -> String {
        match &self.hook {
            Some(Expr::Path(hook)) if is_plain(hook) => {
                hook.to_token_stream().to_string().replace(' ', "")
            }
            _ => "path".to_owned(),
        }
    }
}

/// Says that something stands beside the hook which is not `best_effort`.
fn unknown(other: &Expr, method: &Ident, hook: &str, problems: &mut Problems) {
    let message = match word_of(other) {
        Some(word) if word == "durable" => {
            format!("a hook is durable without a word: write `{method} = {hook}`")
        }
        Some(word) => {
            let hint = suggestion(
                &word.to_string(),
                &[BEST_EFFORT],
                "beside a hook stands only",
            );
            format!("unknown word `{word}`; {hint}")
        }
        None => format!(
            "beside a hook stands only the word `{BEST_EFFORT}`: write `{method}({hook}, {BEST_EFFORT})`"
        ),
    };
    problems.at(other, message);
}

/// The one word that an expression is.
fn word_of(expression: &Expr) -> Option<&Ident> {
    match expression {
        Expr::Path(path) if path.qself.is_none() => path.path.get_ident(),
        _ => None,
    }
}

/// Whether a path is only words, which need no spaces between them.
fn is_plain(path: &ExprPath) -> bool {
    let mut segments = path.path.segments.iter();
    path.qself.is_none() && segments.all(|segment| segment.arguments.is_none())
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn both_forms_stand_in_one_list() {
        let problems = problems! {
            #[resource(after_commit(
                post(jobs::submit, best_effort),
                put = submit,
                patch(<Book as Notes>::note::<A, B>, best_effort,),
                delete(Self::note, best_effort),
            ))]
            struct Book { id: Uuid }
        };
        assert!(problems.is_empty(), "{problems:?}");
    }

    #[test]
    fn a_hook_in_parentheses_needs_the_word() {
        assert_eq!(
            problems! {
                #[resource(after_commit(post(jobs::submit), put(), patch(best_effort), delete(note::<Book>)))]
                struct Book { id: Uuid }
            },
            [
                "jobs::submit: a hook in parentheses needs the word `best_effort`: \
                 write `post = jobs::submit`, or `post(jobs::submit, best_effort)`",
                "put: `put` names no hook: write `put = path`, or `put(path, best_effort)`",
                "best_effort: no hook stands before `best_effort`: write `patch(path, best_effort)`",
                "note::<Book>: a hook in parentheses needs the word `best_effort`: \
                 write `delete = path`, or `delete(path, best_effort)`",
            ],
        );
    }

    #[test]
    fn a_word_is_best_effort() {
        assert_eq!(
            problems! {
                #[resource(after_commit(
                    post(f, best_efort),
                    put(f, later, best_effort),
                    patch(f, durable),
                    delete(f, best_effort = true),
                ))]
                struct Book { id: Uuid }
            },
            [
                "best_efort: unknown word `best_efort`; did you mean `best_effort`?",
                "later: unknown word `later`; beside a hook stands only `best_effort`",
                "durable: a hook is durable without a word: write `patch = f`",
                "best_effort = true: beside a hook stands only the word `best_effort`: write `delete(f, best_effort)`",
            ],
        );
    }

    #[test]
    fn the_hook_stands_first_and_the_word_once() {
        assert_eq!(
            problems! {
                #[resource(after_commit(
                    post(best_effort, f),
                    put(f, best_effort, best_effort),
                    patch(f best_effort),
                    delete(f, , best_effort),
                    post = f,
                ))]
                struct Book { id: Uuid }
            },
            [
                "best_effort: the hook stands before `best_effort`: write `post(f, best_effort)`",
                "best_effort: `best_effort` is given twice; keep one",
                "best_effort: expected a comma here",
                ",: nothing stands before this comma; remove it",
                "post: `post` is given twice; keep one",
            ],
        );
    }

    #[test]
    fn the_hook_is_a_path() {
        assert_eq!(
            problems! {
                #[resource(after_commit(
                    post("jobs::submit", best_effort),
                    put(|cx, tx, book| tx, best_effort),
                    patch(submit(), best_effort),
                    delete("submit"),
                ))]
                struct Book { id: Uuid }
            },
            [
                "\"jobs::submit\": write the path without quotes: `post(jobs::submit, best_effort)`",
                "|cx, tx, book| tx: a hook is not a closure: write an `async fn` and name it, `put(path, best_effort)`",
                "submit(): a hook is named, not called: write its path without parentheses, `patch(path, best_effort)`",
                "\"submit\": write the path without quotes: `delete = submit`",
            ],
        );
    }

    #[test]
    fn only_after_commit_has_deliveries() {
        assert_eq!(
            problems! {
                #[resource(process_input(get(jobs::check, best_effort), list(best_effort), post("f", best_effort)))]
                #[resource(before_commit(post(f), put(f, best_efort), patch(), delete(best_effort, f g)))]
                struct Book { id: Uuid }
            },
            [
                "best_effort: `best_effort` is for `after_commit`; write `get = jobs::check`",
                "best_effort: `best_effort` is for `after_commit`; write `list = path`",
                "best_effort: `best_effort` is for `after_commit`; write `post = path`",
                "\"f\": write the path without quotes: `post = f`",
                "f: a hook is the path of an `async fn`: write `post = path`",
                "f, best_efort: a hook is the path of an `async fn`: write `put = path`",
                "patch: a hook is the path of an `async fn`: write `patch = path`",
                "best_effort: `best_effort` is for `after_commit`; write `delete = path`",
                "g: expected a comma here",
            ],
        );
    }
}
