//! What a policy permits: rows.
//!
//! It does not know who asks, nor for what.

use std::marker::PhantomData;

use crate::query::{Condition, Filter};

/// The rows that a policy permits a request to see, to change and to leave behind.
#[derive(Clone, Debug)]
pub struct Permit<M> {
    conditions: Vec<Condition>,
    of: PhantomData<fn() -> M>,
}

impl<M> Permit<M> {
    /// All rows.
    pub fn all() -> Self {
        Self {
            conditions: Vec::new(),
            of: PhantomData,
        }
    }

    /// The rows for which this holds.
    pub fn rows(filter: Filter<M>) -> Self {
        Self::all().and(filter)
    }

    /// Of these rows those for which this holds too.
    #[must_use]
    pub fn and(mut self, filter: Filter<M>) -> Self {
        self.conditions.push(filter.into());
        self
    }

    pub(super) fn into_conditions(self) -> Vec<Condition> {
        self.conditions
    }
}
