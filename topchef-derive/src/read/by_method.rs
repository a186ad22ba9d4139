//! `key(get = .., list = ..)`: a value for each of some methods.
//!
//! It does not know what the values are.

use proc_macro2::TokenStream;

use super::attribute;
use super::key::{Form, Given, Value, given_twice};
use super::methods::named;
use crate::diag::Problems;
use crate::model::{ListedMethod, Method};

/// What a bare value lacks.
const METHOD_FIRST: &str = "this stands after a method: write `post = ..`";

/// Reads the value of each method; `known` are the methods that make sense there.
pub(super) fn read<T: Value>(
    tokens: &TokenStream,
    known: &[Method],
    problems: &mut Problems,
) -> Vec<(ListedMethod, T)> {
    read_by(T::read, tokens, known, problems)
}

/// Reads the value of each method by what reads one.
pub(super) fn read_by<T>(
    read: impl Fn(Given<'_>, &mut Problems) -> Option<T>,
    tokens: &TokenStream,
    known: &[Method],
    problems: &mut Problems,
) -> Vec<(ListedMethod, T)> {
    let mut values = Vec::new();
    let mut seen = Vec::new();
    for item in attribute::items_of(tokens, METHOD_FIRST, problems).list {
        let Some((path, form)) = Form::of(&item) else {
            continue;
        };
        let Some(listed) = named(path, known, problems) else {
            continue;
        };
        if seen.contains(&listed.method) {
            given_twice(&listed.word, problems);
            continue;
        }
        seen.push(listed.method);
        let given = Given {
            key: &listed.word,
            form,
        };
        if let Some(value) = read(given, problems) {
            values.push((listed, value));
        }
    }
    values
}
