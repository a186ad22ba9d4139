//! The input of a request as its hook sees and changes it: a draft with typed columns.
//!
//! It does not know how the draft came about.

use std::marker::PhantomData;

use super::Draft;
use crate::column::{Column, DecodeError};
use crate::error::ApiError;

/// The input of a `POST`, `PUT` or `PATCH`, for `process_input` hooks: names are settled, types are checked.
#[derive(Clone, Debug)]
pub struct Input<M> {
    draft: Draft,
    of: PhantomData<fn() -> M>,
}

impl<M> Input<M> {
    /// The input that a draft holds; the draft must be of the resource `M`.
    pub fn new(draft: Draft) -> Self {
        Self {
            draft,
            of: PhantomData,
        }
    }

    /// The draft, with what was changed in it.
    pub fn into_draft(self) -> Draft {
        self.draft
    }

    /// The value that was given for a column; none where nothing was (absent is not null).
    ///
    /// # Errors
    /// [`DecodeError`] when a bound of the type itself is broken, which parsing has ruled out.
    pub fn get<T>(&self, column: Column<M, T>) -> Result<Option<T>, DecodeError> {
        self.draft.values[column.index()]
            .as_ref()
            .map(|value| column.decode(value))
            .transpose()
    }

    /// Whether a value was given for a column.
    pub fn has<T>(&self, column: Column<M, T>) -> bool {
        self.draft.values[column.index()].is_some()
    }

    /// Gives a column a value, in place of the client's.
    ///
    /// What the column asks of clients' values is not asked of it; one that cannot be written as JSON fails the request.
    pub fn set<T>(&mut self, column: Column<M, T>, value: impl Into<T>) {
        match column.to_value(&value.into()) {
            Ok(value) => self.draft.values[column.index()] = Some(value),
            Err(error) => self.draft.reject(error.into()),
        }
    }

    /// Adds something that is wrong with the input: it is told together with the rest.
    pub fn reject(&mut self, error: ApiError) {
        self.draft.reject(error);
    }

    /// Takes a column's value away, as if the client had given none.
    pub fn unset<T>(&mut self, column: Column<M, T>) {
        self.draft.values[column.index()] = None;
    }
}
