//! `methods(get, list)`.
//!
//! It does not know what a resource without the key has.

use quote::ToTokens;

use super::attribute;
use super::key::{Form, Given, Value};
use crate::diag::{Problems, suggestion};
use crate::model::{ListedMethod, Method, Methods};

impl Value for Methods {
    /// With a word that is no method, nobody can say which methods there are to be: then nothing is read.
    fn read(given: Given<'_>, problems: &mut Problems) -> Option<Self> {
        let Form::List(tokens) = given.form else {
            given.is_wrong(
                "`methods` takes a list: write `methods(get, list)`",
                problems,
            );
            return None;
        };
        let items = attribute::items_of(
            tokens,
            "`methods` takes names without quotes: write `methods(get, list)`",
            problems,
        );
        let mut methods = Some(Vec::new());
        for item in &items.list {
            let listed = if let Some((path, Form::Word)) = Form::of(item) {
                named(path, &Method::ALL, problems)
            } else {
                problems.at(
                    item,
                    "`methods` takes only names: write `methods(get, list)`",
                );
                None
            };
            methods = methods.zip(listed).map(|(mut methods, listed)| {
                methods.push(listed);
                methods
            });
        }
        methods.filter(|_| items.complete).map(|listed| Self {
            key: given.key.clone(),
            listed,
        })
    }
}

/// The method that a word names; `known` are those that make sense there.
pub(super) fn named(
    path: &syn::Path,
    known: &[Method],
    problems: &mut Problems,
) -> Option<ListedMethod> {
    let found = path.get_ident().and_then(|word| {
        Some((
            word,
            Method::ALL
                .into_iter()
                .find(|method| word == method.word())?,
        ))
    });
    if let Some((word, method)) = found {
        return Some(ListedMethod {
            method,
            word: word.clone(),
        });
    }
    let word = path.to_token_stream().to_string().replace(' ', "");
    let known: Vec<&str> = known.iter().map(|method| method.word()).collect();
    let hint = suggestion(&word, &known, "there are");
    problems.at(path, format!("no method `{word}`; {hint}"));
    None
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn a_method_is_one_of_six() {
        assert_eq!(
            problems! {
                #[resource(methods(get, pots, HEAD, list = true))]
                struct Book { id: Uuid }
            },
            [
                "pots: no method `pots`; did you mean `post`?",
                "HEAD: no method `HEAD`; there are `get`, `list`, `post`, `put`, `patch` and `delete`",
                "list = true: `methods` takes only names: write `methods(get, list)`",
            ],
        );
    }

    #[test]
    fn methods_stand_in_parentheses() {
        assert_eq!(
            problems! {
                #[resource(methods = [get, list])]
                struct Book { id: Uuid }
            },
            ["[get, list]: `methods` takes a list: write `methods(get, list)`"],
        );
    }

    #[test]
    fn an_unknown_method_brings_no_other_error() {
        assert_eq!(
            problems! {
                #[resource(methods(get, pst), before_commit(post = f))]
                struct Book { id: Uuid }
            },
            ["pst: no method `pst`; did you mean `post`?"],
        );
    }
}
