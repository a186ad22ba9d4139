//! The form of a statement: all that its text hangs on, and the values beside it. A text is built once for each form.
//!
//! It does not know how a text is made.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use smallvec::SmallVec;

use super::{Dialect, Statement};
use crate::column::Value;
use crate::descriptor::Descriptor;

/// How many texts are kept: clients choose forms too, and when there are more, all are built anew.
const KEPT: usize = 2048;

/// How many values a statement may have whose text is kept: every number of them is another text, and clients choose it.
const KEPT_VALUES: usize = 128;

/// How many words most forms have at most.
const WORDS: usize = 24;

/// The texts that were built, by the words of their forms.
static TEXTS: LazyLock<RwLock<Texts>> = LazyLock::new(RwLock::default);

type Texts = HashMap<Box<[u64]>, Arc<str>>;

/// What a statement does with the rows of a resource.
#[derive(Clone, Copy)]
pub(super) enum Verb {
    Select,
    SelectOne,
    SelectToChange,
    SelectInserted,
    Count,
    Insert,
    Update,
    Delete,
    Remove,
}

/// What a statement says, without its text.
pub(super) struct Form {
    /// Two statements of the same words have the same text.
    words: SmallVec<[u64; WORDS]>,
    /// In the order in which the text has places for them.
    values: Vec<Value>,
}

impl Form {
    pub(super) fn of(dialect: Dialect, verb: Verb, descriptor: &'static Descriptor) -> Self {
        let mut words = SmallVec::new();
        // What is never freed is known by its address.
        let address = std::ptr::from_ref(descriptor).addr();
        words.extend_from_slice(&[dialect as u64, verb as u64, address as u64]);
        Self {
            words,
            values: Vec::with_capacity(12),
        }
    }

    /// Adds something that the text hangs on.
    pub(super) fn word(&mut self, word: usize) {
        self.words.push(word as u64);
    }

    /// Adds a number that stands in the text itself.
    pub(super) fn number(&mut self, number: i64) {
        self.words.push(number.cast_unsigned());
    }

    /// Adds something that the text hangs on, and a value beside it.
    pub(super) fn bound(&mut self, word: usize, value: Value) {
        self.word(word);
        self.value(value);
    }

    /// Adds a value, for which the text has a place.
    pub(super) fn value(&mut self, value: Value) {
        self.values.push(value);
    }

    /// The statement of this form, which `build` makes where no text of it is kept.
    pub(super) fn built(self, build: impl FnOnce() -> Statement) -> Statement {
        let Self { words, values } = self;
        if values.len() > KEPT_VALUES {
            return build();
        }
        let texts = TEXTS.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(text) = texts.get(words.as_slice()) {
            return Statement::new(Arc::clone(text), values);
        }
        drop(texts);
        let statement = build();
        debug_assert_eq!(statement.values, values, "{}", statement.text);
        // Where the form has other values than the statement, it would be another statement the next time.
        if statement.values == values {
            let mut texts = TEXTS.write().unwrap_or_else(PoisonError::into_inner);
            if texts.len() >= KEPT {
                texts.clear();
            }
            texts.insert(words.into_boxed_slice(), Arc::clone(&statement.text));
        }
        statement
    }
}
