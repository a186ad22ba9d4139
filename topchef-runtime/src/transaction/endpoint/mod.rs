//! A resource's operations without HTTP: what handlers, compatible forms and code of the application all call.
//!
//! It does not know where a request came from.

mod answer;
mod conditional;
mod create;
mod explain;
mod input;
mod list;
mod permit;
mod phases;
mod read;
mod related;
mod stage;
mod write;

use super::hooks::Endpoint;
use super::outbox::Followed;
use super::precondition::EntityTag;
use super::reply::{Next, Reply};
use http::{HeaderMap, StatusCode};

use crate::column::{InputError, Key, parse_text};
use crate::descriptor::Descriptor;
use crate::error::ApiError;
use crate::query::Ends;

pub(super) use list::counted;

/// A page of a collection.
#[derive(Clone, Debug)]
pub struct Page {
    /// The records, as a JSON array.
    pub data: Vec<u8>,
    /// How many they are.
    pub count: u64,
    /// Whether there are rows after these; for a page before a cursor, before these.
    pub more: bool,
    /// What the first and the last of them hold in the columns of the order, where pages are found by cursors.
    pub ends: Option<Ends>,
    /// How many rows there are on all pages together, when that was asked.
    pub total: Option<u64>,
}

/// A record as it goes out.
#[derive(Clone, Debug)]
pub struct Represented {
    /// As a JSON object, with the fields that were asked for.
    pub json: Vec<u8>,
    /// Its entity tag.
    pub tag: EntityTag,
}

/// What became of the `after_commit` hook of a write, which stands whatever it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AfterCommit {
    /// It ran, or there is none.
    #[default]
    Done,
    /// It has not run yet: what it waits for is not over.
    Waiting,
    /// It failed; a durable one is tried again.
    Failed,
}

impl AfterCommit {
    /// What is said of a hook, and its answer where it gave one in place of the record.
    pub(super) fn of(followed: Followed) -> (Self, Option<Reply>) {
        match followed {
            Followed::Done(Next::Proceed) => (Self::Done, None),
            Followed::Done(Next::Instead(reply)) => (Self::Done, Some(reply)),
            Followed::Failed => (Self::Failed, None),
            Followed::Waiting => (Self::Waiting, None),
        }
    }

    /// What is to be said of several: the worst.
    #[must_use]
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Failed, _) | (_, Self::Failed) => Self::Failed,
            (Self::Waiting, _) | (_, Self::Waiting) => Self::Waiting,
            (Self::Done, Self::Done) => Self::Done,
        }
    }
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
        /// Its entity tag.
        tag: EntityTag,
        /// Whether it was created by this.
        created: bool,
        /// What became of the `after_commit` hook.
        after_commit: AfterCommit,
        /// Whether related records could not be told; null or an empty array stands in their places.
        related_failed: bool,
    },
    /// Records that were created together.
    Records {
        /// As a JSON array, in the order of the body; what a hook answered stands in the place of its record.
        json: Vec<u8>,
        /// What became of the `after_commit` hooks.
        after_commit: AfterCommit,
        /// Whether related records could not be told; null or an empty array stands in their places.
        related_failed: bool,
    },
    /// The record was removed.
    Deleted,
    /// A hook answered with a record in its place.
    Answered(Answered),
    /// A hook answered in its place.
    Reply(Reply),
}

/// A record, of whatever resource, that a hook answered with.
#[derive(Debug)]
pub struct Answered {
    /// The status.
    pub status: StatusCode,
    /// The headers that the hook gave.
    pub headers: HeaderMap,
    /// The record as a JSON object.
    pub json: Vec<u8>,
    /// The record's own path, as its descriptor says.
    pub path: String,
    /// What the record is.
    pub descriptor: &'static Descriptor,
    /// The resource whose hook it was.
    pub asked: &'static Descriptor,
}

impl Endpoint {
    /// The key that the parts of a path spell, one for each of its columns.
    ///
    /// # Errors
    /// 404 when they are not of the key's types: there is no record at that path.
    pub fn parse_key(&self, parts: &[&str]) -> Result<Key, ApiError> {
        let columns = self.descriptor().key_columns();
        if columns.len() != parts.len() {
            return Err(ApiError::no_such_path(&parts.join("/")));
        }
        let values = columns.zip(parts).map(|(column, text)| {
            parse_text(column.kind, text).map_err(|InputError { .. }| {
                let mut kind = column.kind.name().to_owned();
                if let Some(first) = kind.get_mut(..1) {
                    first.make_ascii_uppercase();
                }
                ApiError::not_a_key(&kind, text)
            })
        });
        values.collect()
    }
}
