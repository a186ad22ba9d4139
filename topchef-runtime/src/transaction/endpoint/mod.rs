//! A resource's operations without HTTP: what handlers, compatible forms and code of the application all call.
//!
//! It does not know where a request came from.

mod input;
mod phases;
mod read;
mod stage;
mod write;

use super::hooks::{Hooked, Hooks};
use super::reply::Reply;
use crate::column::{InputError, Value, parse_text};
use crate::descriptor::Descriptor;
use crate::error::ApiError;
use crate::resource::Model;

/// A resource with its hooks, its type forgotten.
#[derive(Clone, Copy)]
pub struct Endpoint {
    model: Model,
    hooks: &'static Hooks,
}

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Endpoint({})", self.model.descriptor.name)
    }
}

/// A page of a collection.
#[derive(Clone, Debug)]
pub struct Page {
    /// The records, as a JSON array.
    pub data: Vec<u8>,
    /// How many they are.
    pub count: u64,
    /// Whether there are rows after these.
    pub more: bool,
}

/// What a write came to.
#[derive(Debug)]
pub enum Outcome {
    /// The record as it is stored now.
    Record {
        /// As a JSON object, with the fields that were asked for.
        json: Vec<u8>,
        /// Its key, as a part of a path.
        key: String,
        /// Whether it was created by this.
        created: bool,
        /// Whether the `after_commit` hook failed; the write stands all the same.
        after_commit_failed: bool,
    },
    /// The record was removed.
    Deleted,
    /// A hook answered in its place.
    Reply(Reply),
}

impl Endpoint {
    /// The endpoint of a resource.
    pub fn of<M: Hooked>() -> Self {
        Self {
            model: Model::of::<M>(),
            hooks: M::hooks(),
        }
    }

    /// What the resource is.
    pub fn descriptor(&self) -> &'static Descriptor {
        self.model.descriptor
    }

    /// The key that a part of a path spells.
    ///
    /// # Errors
    /// 404 when it is not of the key's type: there is no record at that path.
    pub fn parse_key(&self, text: &str) -> Result<Value, ApiError> {
        let (_, column) = self.descriptor().key_column();
        parse_text(column.kind, text).map_err(|InputError { .. }| {
            let mut kind = column.kind.name().to_owned();
            if let Some(first) = kind.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            ApiError::not_a_key(&kind, text)
        })
    }
}
