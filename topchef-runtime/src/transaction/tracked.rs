//! Models that track what they intend to change, and models that are committed.
//!
//! Neither touches the database: the transaction manager does.

use std::ops::Deref;

use crate::column::{Column, DecodeError, Row, Value, ValueCells};
use crate::resource::ModelResource;

/// A record with the changes that it intends to make: reads give the changed values, nothing is stored yet.
#[derive(Debug)]
pub struct Tracked<M> {
    record: M,
    /// The record as it is stored; none for one that is new.
    prior: Option<Stored<M>>,
    /// A bit a column; the derive lets no resource have more than 128.
    dirty: u128,
}

#[derive(Debug)]
struct Stored<M> {
    record: Option<M>,
    key: Value,
}

impl<M: ModelResource> Tracked<M> {
    /// A record as it is stored, with no change.
    pub(super) fn stored(record: M) -> Self {
        let key = key_of(&record.values(), M::descriptor().key_column().0);
        Self {
            record,
            prior: Some(Stored { record: None, key }),
            dirty: 0,
        }
    }

    /// The record as it was just stored: what was changed is changed no more; the prior one stays what it was.
    pub(super) fn saved(&mut self, record: M) {
        let key = key_of(&record.values(), M::descriptor().key_column().0);
        let prior = self.prior.take().and_then(|stored| stored.record);
        self.prior = Some(Stored { record: prior, key });
        self.record = record;
        self.dirty = 0;
    }

    /// A record from values, some of them changes; `prior` is the row as it is stored.
    pub(super) fn from_values(
        values: &[Value],
        prior: Option<&[Value]>,
        dirty: u128,
    ) -> Result<Self, DecodeError> {
        let stored = |values: &[Value]| {
            Ok(Stored {
                record: Some(M::from_row(&Row::new(&ValueCells(values)))?),
                key: key_of(values, M::descriptor().key_column().0),
            })
        };
        Ok(Self {
            record: M::from_row(&Row::new(&ValueCells(values)))?,
            prior: prior.map(stored).transpose()?,
            dirty,
        })
    }

    /// Changes a field; nothing is stored before the transaction manager does.
    pub fn set<T>(&mut self, column: Column<M, T>, value: impl Into<T>) {
        *column.of_mut(&mut self.record) = value.into();
        self.dirty |= 1 << column.index();
    }

    /// Whether a field was changed, by the client or by a hook.
    pub fn is_changed<T>(&self, column: Column<M, T>) -> bool {
        self.dirty & (1 << column.index()) != 0
    }

    /// In a hook: the record as it was stored before the request; none in a `POST`, or a `PUT` that creates.
    pub fn prior(&self) -> Option<&M> {
        self.prior.as_ref()?.record.as_ref()
    }

    pub(super) fn dirty(&self) -> u128 {
        self.dirty
    }

    /// The changed columns with their values.
    pub(super) fn changes(&self) -> Vec<(usize, Value)> {
        changed(self.record.values(), self.dirty)
    }

    /// The key under which the record is stored, or will be.
    pub(super) fn stored_key(&self) -> Value {
        match &self.prior {
            Some(stored) => stored.key.clone(),
            None => key_of(&self.record.values(), M::descriptor().key_column().0),
        }
    }
}

/// The values whose bit is set.
pub(super) fn changed(values: Vec<Value>, dirty: u128) -> Vec<(usize, Value)> {
    values
        .into_iter()
        .enumerate()
        .filter(|(index, _)| dirty & (1 << index) != 0)
        .collect()
}

fn key_of(values: &[Value], index: usize) -> Value {
    values[index].clone()
}

impl<M> Deref for Tracked<M> {
    type Target = M;

    fn deref(&self) -> &M {
        &self.record
    }
}

/// A record as it was committed, for `after_commit` hooks; after a `DELETE`, as it was before.
///
/// It cannot be changed: to change it, read it again in the hook's transaction.
#[derive(Debug)]
pub struct Committed<M>(M);

impl<M> Committed<M> {
    pub(super) fn new(record: M) -> Self {
        Self(record)
    }

    /// The record itself.
    pub fn into_inner(self) -> M {
        self.0
    }
}

impl<M> Deref for Committed<M> {
    type Target = M;

    fn deref(&self) -> &M {
        &self.0
    }
}
