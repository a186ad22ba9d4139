//! What is asked of every server: five operations of the same resource.
//!
//! It does not know how they are sent, nor how a server spells its list.

use std::fmt;

use crate::contestants::Contestant;

/// How many rows each database has when a measurement begins.
pub(crate) const ROWS: u32 = 10_000;

/// The first id of the rows that are there to be deleted.
pub(crate) const COPIES: u32 = 1_000_001;

/// What a new book is made of.
pub(crate) const NEW: &str = r#"{"title":"A book of a bench","subtitle":"And what it is about","pub_year":2001,"pages":432,"price":{price},"available":true}"#;

/// What is changed of a book.
pub(crate) const CHANGE: &str = r#"{"title":"Another title than before","price":{price}}"#;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    GetOne,
    List,
    Patch,
    Delete,
    Post,
}

/// A request, with `{id}` and `{price}` where each is to have another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) body: Option<&'static str>,
}

impl Operation {
    /// In the order in which they are measured: those that leave many rows behind come last.
    pub(crate) const ALL: [Self; 5] = [
        Self::GetOne,
        Self::List,
        Self::Patch,
        Self::Delete,
        Self::Post,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::GetOne => "get-one",
            Self::List => "list",
            Self::Patch => "patch",
            Self::Delete => "delete",
            Self::Post => "post",
        }
    }

    /// As that server wants it.
    pub(crate) fn request(self, contestant: &Contestant) -> Request {
        let (method, path, body) = match self {
            Self::GetOne => ("GET", contestant.one, None),
            Self::List => ("GET", contestant.list, None),
            Self::Patch => (contestant.change, contestant.one, Some(CHANGE)),
            Self::Delete => ("DELETE", contestant.one, None),
            Self::Post => ("POST", contestant.all, Some(NEW)),
        };
        Request { method, path, body }
    }

    /// Whether it makes rows, or needs some that go.
    pub(crate) fn changes_the_number_of_rows(self) -> bool {
        matches!(self, Self::Delete | Self::Post)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}
