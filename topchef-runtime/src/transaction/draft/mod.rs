//! A record in the making: what a client gave, checked and typed, before anything is looked up or written.
//!
//! It does not know which request it is from.

mod children;
mod input;
mod read;

use crate::column::{ColumnDefault, Value};
use crate::descriptor::Descriptor;
use crate::error::{ApiError, Report};

pub use input::Input;
pub use read::Unknown;
pub(super) use read::is_fit;

/// The values of some columns of a resource, and of the records that are to be created below it.
#[derive(Clone, Debug)]
pub struct Draft {
    pub(super) descriptor: &'static Descriptor,
    /// One place a column; none where nothing was given.
    pub(super) values: Vec<Option<Value>>,
    /// What is wrong with what was given.
    pub(super) wrong: Report,
    /// The column that refers to the record above this one: its key is given when that record is written.
    given_from_above: Option<usize>,
    /// The records that are to be created below it, in the order of the body.
    pub(super) children: Vec<Child>,
}

/// A record that is to be created below another.
#[derive(Clone, Debug)]
pub(super) struct Child {
    /// The relation's place in the upper record's descriptor.
    pub(super) relation: usize,
    /// Where it stands in the upper record, as a JSON pointer: `/items/0`.
    pub(super) pointer: String,
    pub(super) draft: Draft,
}

impl Draft {
    /// A draft with nothing in it.
    pub fn empty(descriptor: &'static Descriptor) -> Self {
        Self {
            descriptor,
            values: vec![None; descriptor.columns.len()],
            wrong: Report::new(),
            given_from_above: None,
            children: Vec::new(),
        }
    }

    /// Adds something that is wrong with what was given: it is told together with the rest.
    pub fn reject(&mut self, error: ApiError) {
        self.wrong.push(error);
    }

    /// What is missing of a new record: each column that was not given, may not be null and has no default.
    ///
    /// Of what is no record at all, nothing is.
    pub(super) fn missing(&self) -> Report {
        if self.wrong.tells_of(Some("")) {
            return Report::new();
        }
        let columns = self.descriptor.columns.iter().enumerate();
        columns
            .filter(|(index, column)| {
                self.values[*index].is_none()
                    && self.given_from_above != Some(*index)
                    && !column.nullable
                    && matches!(self.descriptor.default_of(*index), ColumnDefault::None)
            })
            .map(|(_, column)| {
                if column.read_only {
                    let reason = format!(
                        "the read-only column {} has no default and no hook gave it",
                        column.name
                    );
                    ApiError::internal(std::io::Error::other(reason))
                } else {
                    ApiError::deserialization(column.wire, "required", "is required")
                }
            })
            .collect()
    }

    /// Gives the columns that were not given their default, or null; a key that the database assigns stays open.
    pub(super) fn complete(&mut self) {
        for (index, value) in self.values.iter_mut().enumerate() {
            if value.is_none() {
                *value = match self.descriptor.default_of(index) {
                    ColumnDefault::Value(default) => Some(default()),
                    ColumnDefault::None => Some(self.descriptor.columns[index].kind.null()),
                    ColumnDefault::Database => None,
                };
            }
        }
    }

    /// The read-only columns that have a value: before defaults are given, only a hook can have given them one.
    pub(super) fn read_only(&self) -> Vec<(usize, Value)> {
        let mut values = self.given();
        values.retain(|(index, _)| self.descriptor.columns[*index].read_only);
        values
    }

    /// The columns that have a value.
    pub(super) fn given(&self) -> Vec<(usize, Value)> {
        let values = self.values.iter().enumerate();
        values
            .filter_map(|(index, value)| Some((index, value.clone()?)))
            .collect()
    }

    /// As [`given`](Self::given), but the values are taken: what is wrong and the records below go.
    pub(super) fn into_given(self) -> Vec<(usize, Value)> {
        let values = self.values.into_iter().enumerate();
        values
            .filter_map(|(index, value)| Some((index, value?)))
            .collect()
    }
}

/// The values of a record as they are stored: a key that the database assigns is left to it while it is zero.
pub(super) fn stored_values(descriptor: &Descriptor, values: Vec<Value>) -> Vec<(usize, Value)> {
    values
        .into_iter()
        .enumerate()
        .filter(|(index, value)| {
            !(matches!(descriptor.default_of(*index), ColumnDefault::Database)
                && *value == Value::BigInt(Some(0)))
        })
        .collect()
}
