//! Searches: `q=green dragon` finds the rows in which each word stands somewhere.
//!
//! It does not know how the words are found.

use super::target::is_askable;
use crate::descriptor::Descriptor;
use crate::error::ApiError;
use crate::query::pattern::containing;
use crate::query::{Condition, Operator};

/// The most words.
const MOST_WORDS: usize = 10;

/// The longest search, in bytes.
const LONGEST: usize = 500;

/// Whether the resource declares texts to search in.
pub(super) fn is_declared(descriptor: &Descriptor) -> bool {
    columns(descriptor).next().is_some()
}

fn columns(descriptor: &Descriptor) -> impl Iterator<Item = usize> {
    let columns = descriptor.collection.search.iter().copied();
    columns.filter(|column| is_askable(descriptor, *column))
}

/// A condition for each word: it stands in one of the texts, whether its letters are large or small.
pub(super) fn words(descriptor: &Descriptor, value: &str) -> Result<Vec<Condition>, ApiError> {
    let refused = |code, detail: String| Err(ApiError::query_parameter("q", code, detail));
    let words: Vec<_> = value.split_whitespace().take(MOST_WORDS + 1).collect();
    if words.is_empty() {
        return refused("empty", "name at least one word".to_owned());
    }
    if words.len() > MOST_WORDS {
        return refused("too_many", format!("has at most {MOST_WORDS} words"));
    }
    if value.len() > LONGEST {
        return refused("max_length", format!("has at most {LONGEST} bytes"));
    }
    if value.contains('\0') {
        return refused("nul", "must not contain the character NUL".to_owned());
    }
    let in_one_of = |word: &str| {
        let pattern = containing(word);
        let stands = columns(descriptor)
            .map(|column| Condition::of(column, Operator::LikeIgnoringCase(pattern.clone())));
        Condition::Any(stands.collect())
    };
    Ok(words.into_iter().map(in_one_of).collect())
}
