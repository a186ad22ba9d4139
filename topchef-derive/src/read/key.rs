//! One key of an attribute: its word, and its value as far as it could be read.
//!
//! It does not know which keys there are.

use darling::FromMeta;
use darling::ast::{MetaNameValueInvalidExpr, NestedMeta};
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Expr, Ident, Meta, Path};

use crate::diag::{Problems, suggestion};

/// What stands after a key.
#[derive(Clone, Copy)]
pub(super) enum Form<'a> {
    /// Nothing: `key`.
    Word,
    /// Parentheses: `key(..)`.
    List(&'a TokenStream),
    /// A value: `key = value`.
    Value(&'a Expr),
    /// Something that is no expression: `key = Job[a, b]`.
    Broken(&'a TokenStream),
}

impl<'a> Form<'a> {
    /// The key of an item and what stands after it; nothing for a literal.
    pub(super) fn of(item: &'a NestedMeta) -> Option<(&'a Path, Self)> {
        match item {
            NestedMeta::Meta(meta) => Some((meta.path(), Self::of_meta(meta))),
            NestedMeta::NameValueInvalidExpr(pair) => Some((&pair.path, Self::Broken(&pair.value))),
            NestedMeta::Lit(_) => None,
        }
    }

    fn of_meta(meta: &'a Meta) -> Self {
        match meta {
            Meta::Path(_) => Self::Word,
            Meta::List(list) => Self::List(&list.tokens),
            Meta::NameValue(pair) => Self::Value(ungrouped(&pair.value)),
        }
    }
}

/// An expression without the invisible delimiters that `macro_rules!` puts around it.
pub(super) fn ungrouped(expression: &Expr) -> &Expr {
    match expression {
        Expr::Group(group) => ungrouped(&group.expr),
        expression => expression,
    }
}

/// A key and what stands after it, given to a [`Value`] to be read.
#[derive(Clone, Copy)]
pub(super) struct Given<'a> {
    pub(super) key: &'a Ident,
    pub(super) form: Form<'a>,
}

impl Given<'_> {
    /// Says what is wrong with the value, or with the key where there is no value.
    pub(super) fn is_wrong(&self, message: impl std::fmt::Display, problems: &mut Problems) {
        let value = match self.form {
            Form::Word => TokenStream::new(),
            Form::List(tokens) | Form::Broken(tokens) => tokens.clone(),
            Form::Value(value) => value.to_token_stream(),
        };
        if value.is_empty() {
            problems.at(self.key, message);
        } else {
            problems.at(&value, message);
        }
    }
}

/// What a key can be given.
pub(super) trait Value: Sized {
    /// Reads as much as can be read; nothing when that is nothing.
    fn read(given: Given<'_>, problems: &mut Problems) -> Option<Self>;
}

/// A key that was written.
///
/// A receiver never fails because of one: what is wrong with the value is kept beside it.
pub(super) struct Key<T> {
    pub(super) word: Ident,
    pub(super) value: Option<T>,
    problems: Problems,
}

impl<T: Value> Key<T> {
    fn read(path: &Path, form: Form<'_>) -> darling::Result<Self> {
        let word = path.require_ident()?.clone();
        let mut problems = Problems::default();
        let value = T::read(Given { key: &word, form }, &mut problems);
        Ok(Self {
            word,
            value,
            problems,
        })
    }
}

impl<T: Value> FromMeta for Key<T> {
    fn from_meta(item: &Meta) -> darling::Result<Self> {
        Self::read(item.path(), Form::of_meta(item))
    }

    fn from_invalid_expr(item: &MetaNameValueInvalidExpr) -> darling::Result<Self> {
        Self::read(&item.path, Form::Broken(&item.value))
    }
}

/// The one key among all of its name; a second one is said.
pub(super) fn once<T>(keys: Vec<Key<T>>, problems: &mut Problems) -> Option<Key<T>> {
    let mut first = None;
    for mut key in keys {
        problems.append(std::mem::take(&mut key.problems));
        if first.is_none() {
            first = Some(key);
        } else {
            given_twice(&key.word, problems);
        }
    }
    first
}

/// The value of the one key among all of its name.
pub(super) fn value_of<T>(keys: Vec<Key<T>>, problems: &mut Problems) -> Option<T> {
    once(keys, problems)?.value
}

/// Says that a key stands there a second time.
pub(super) fn given_twice(word: &Ident, problems: &mut Problems) {
    problems.at(word, format!("`{word}` is given twice; keep one"));
}

/// The keys that a receiver does not have.
#[derive(Default)]
pub(super) struct UnknownKeys(Vec<Path>);

impl UnknownKeys {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Says of each that it is not among `known`, the keys of `here`; one of `known_there` stands in the wrong place.
    pub(super) fn report(
        &self,
        (here, known): (&str, &[&str]),
        (there, known_there): (&str, &[&str]),
        problems: &mut Problems,
    ) {
        for key in &self.0 {
            let word = key.to_token_stream().to_string().replace(' ', "");
            let message = if known_there.contains(&word.as_str()) {
                format!("`{word}` is a key of {there}, not of {here}; write it there")
            } else {
                let hint = suggestion(&word, known, &format!("{here} takes"));
                format!("unknown key `{word}`; {hint}")
            };
            problems.at(key, message);
        }
    }
}

impl FromMeta for UnknownKeys {
    fn from_list(items: &[NestedMeta]) -> darling::Result<Self> {
        Ok(Self(
            items
                .iter()
                .filter_map(|item| Form::of(item).map(|(key, _)| key.clone()))
                .collect(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn a_key_is_given_once_even_over_several_attributes() {
        assert_eq!(
            problems! {
                #[resource(table = "a", table = "b")]
                #[resource(table = "c")]
                struct Book {
                    #[resource(primary_key, primary_key)]
                    id: Uuid,
                }
            },
            [
                "table: `table` is given twice; keep one",
                "table: `table` is given twice; keep one",
                "primary_key: `primary_key` is given twice; keep one",
            ],
        );
    }

    #[test]
    fn a_key_in_the_wrong_place_is_sent_to_the_right_one() {
        assert_eq!(
            problems! {
                #[resource(primary_key)]
                struct Book {
                    #[resource(table = "books")]
                    id: Uuid,
                }
            },
            [
                "primary_key: `primary_key` is a key of a field, not of a struct; write it there",
                "table: `table` is a key of a struct, not of a field; write it there",
            ],
        );
    }

    #[test]
    fn a_key_is_one_word() {
        assert_eq!(
            problems! {
                #[resource(serde::rename_all = "camelCase")]
                struct Book { id: Uuid }
            },
            [
                "serde::rename_all: unknown key `serde::rename_all`; a struct takes `table`, `url_prefix`, `url_name`, `methods`, `rename_all`, \
                 `serial_fields`, `serial_field_relations`, `relations`, `process_input`, `before_commit`, \
                 `after_commit`, `collection`, `authorize`, `envelope`, `doc` and `crate`"
            ],
        );
    }
}
