//! Models that track what they intend to change, and models that are committed.
//!
//! Neither touches the database: the transaction manager does.

use std::ops::Deref;

use crate::column::{Column, DecodeError, EncodeError, Key, Row, Value, ValueCells};
use crate::descriptor::Descriptor;
use crate::query::{Condition, Operator};
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
    key: Key,
    /// That the row is still of the version that was read.
    is_version: Option<Condition>,
}

impl<M: ModelResource> Stored<M> {
    fn new(record: Option<M>, values: &[Value]) -> Self {
        Self {
            record,
            key: key_of(values, M::descriptor()),
            is_version: is_version(values, M::descriptor()),
        }
    }
}

impl<M: ModelResource> Tracked<M> {
    /// A record as it is stored, with no change.
    pub(super) fn stored(record: M) -> Result<Self, EncodeError> {
        let stored = Stored::new(None, &record.values()?);
        Ok(Self {
            record,
            prior: Some(stored),
            dirty: 0,
        })
    }

    /// The record as it was just stored: what was changed is changed no more; the prior one stays what it was.
    pub(super) fn saved(&mut self, record: M) -> Result<(), EncodeError> {
        let stored = record.values()?;
        let prior = self.prior.take().and_then(|stored| stored.record);
        self.prior = Some(Stored::new(prior, &stored));
        self.record = record;
        self.dirty = 0;
        Ok(())
    }

    /// A record from values, some of them changes; `prior` is the row as it is stored.
    pub(super) fn from_values(
        values: &[Value],
        prior: Option<&[Value]>,
        dirty: u128,
    ) -> Result<Self, DecodeError> {
        let stored = |values: &[Value]| {
            let record = M::from_row(&Row::new(&ValueCells(values)))?;
            Ok(Stored::new(Some(record), values))
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
    pub(super) fn changes(&self) -> Result<Vec<(usize, Value)>, EncodeError> {
        Ok(changed(self.record.values()?, self.dirty))
    }

    /// That the row still has the version that was read.
    pub(super) fn is_stored_version(&self) -> Option<Condition> {
        self.prior.as_ref()?.is_version.clone()
    }

    /// The key under which the record is stored, or will be.
    pub(super) fn stored_key(&self) -> Result<Key, EncodeError> {
        match &self.prior {
            Some(stored) => Ok(stored.key.clone()),
            None => Ok(key_of(&self.record.values()?, M::descriptor())),
        }
    }
}

/// What a change writes: the columns that change with every change too, unless they were changed themselves.
///
/// The version is left to the statement, which counts.
pub(super) fn with_updates(
    descriptor: &Descriptor,
    mut changes: Vec<(usize, Value)>,
) -> Vec<(usize, Value)> {
    changes.retain(|(index, _)| !descriptor.columns[*index].version);
    if changes.is_empty() {
        return changes;
    }
    for (index, column) in descriptor.columns.iter().enumerate() {
        if let Some(on_update) = column.on_update
            && !changes.iter().any(|(changed, _)| *changed == index)
        {
            changes.push((index, on_update()));
        }
    }
    changes
}

/// That a row still has the version that is among these values; none where versions are not counted.
pub(super) fn is_version(values: &[Value], descriptor: &Descriptor) -> Option<Condition> {
    let index = descriptor.version()?;
    let version = values.get(index)?.clone();
    Some(Condition::of(index, Operator::Equal(version)))
}

/// The values whose bit is set.
pub(super) fn changed(values: Vec<Value>, dirty: u128) -> Vec<(usize, Value)> {
    values
        .into_iter()
        .enumerate()
        .filter(|(index, _)| dirty & (1 << index) != 0)
        .collect()
}

/// The key among the values of all columns.
pub(super) fn key_of(values: &[Value], descriptor: &Descriptor) -> Key {
    let places = descriptor.key.iter();
    places.map(|index| values[*index].clone()).collect()
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
