//! Links to the pages beside a page.
//!
//! It does not know what is on the page.

use super::decode;
use crate::column::Value;
use crate::descriptor::{Descriptor, Sort};
use crate::query::{Cursor, Query, Start, cursor};

/// Where a query's page begins, and how the pages beside it are found.
#[derive(Clone, Debug)]
pub struct Paging {
    descriptor: &'static Descriptor,
    order: Vec<Sort>,
    fingerprint: u64,
    start: Start,
    limit: u64,
}

/// What the first and the last row of a page hold in the columns of the order.
#[derive(Clone, Debug, PartialEq)]
pub struct Ends {
    /// Of the first row.
    pub first: Vec<Value>,
    /// Of the last row.
    pub last: Vec<Value>,
}

impl Ends {
    /// Those of the same rows, the last one first.
    #[must_use]
    pub fn swapped(self) -> Self {
        Self {
            first: self.last,
            last: self.first,
        }
    }
}

/// The links to the pages beside a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links {
    /// To the page after it.
    pub next: Option<String>,
    /// To the page before it.
    pub prev: Option<String>,
}

impl Paging {
    /// That of a query as a client asked for it: what policies and hooks add to it changes no place.
    pub fn of(descriptor: &'static Descriptor, query: &Query) -> Self {
        Self {
            descriptor,
            order: query.order.clone(),
            fingerprint: cursor::fingerprint(descriptor, query),
            start: query.start.clone(),
            limit: query.limit,
        }
    }

    /// The links from a page of `count` rows at `path` with the query string `raw`.
    ///
    /// `more` says whether there are rows beyond the page, in the direction in which it was read; `ends` are needed where pages
    /// are found by cursors. A page of nothing leads nowhere.
    pub fn links(
        &self,
        path: &str,
        raw: &str,
        count: u64,
        more: bool,
        ends: Option<&Ends>,
    ) -> Links {
        let beyond = more && count > 0;
        match &self.start {
            Start::Offset(offset) => Links {
                next: beyond
                    .then(|| page_link(path, raw, self.limit, offset.saturating_add(count))),
                // The first page back ends where this one begins.
                prev: (*offset > 0 && self.limit > 0).then(|| {
                    let limit = self.limit.min(*offset);
                    page_link(path, raw, limit, offset.saturating_sub(self.limit))
                }),
            },
            Start::First => self.beside(path, raw, ends, beyond, false),
            // A page beside a row has that row on its other side.
            Start::Cursor(Cursor {
                backward: false, ..
            }) => self.beside(path, raw, ends, beyond, true),
            Start::Cursor(Cursor { backward: true, .. }) => {
                self.beside(path, raw, ends, true, beyond)
            }
        }
    }

    fn beside(
        &self,
        path: &str,
        raw: &str,
        ends: Option<&Ends>,
        after: bool,
        before: bool,
    ) -> Links {
        let link = |values: &[Value], backward| {
            let values = values.to_vec();
            let cursor = Cursor { values, backward };
            let text = cursor::written(self.descriptor, &self.order, self.fingerprint, &cursor)?;
            Some(with(path, raw, &["cursor"], &format!("cursor={text}")))
        };
        let ends = |wanted: bool| ends.filter(|_| wanted);
        Links {
            next: ends(after).and_then(|ends| link(&ends.last, false)),
            prev: ends(before).and_then(|ends| link(&ends.first, true)),
        }
    }
}

/// The link to another page of the same query: `path` and the query string `raw` with another `limit` and `offset`.
pub fn page_link(path: &str, raw: &str, limit: u64, offset: u64) -> String {
    let page = format!("limit={limit}&offset={offset}");
    with(path, raw, &["limit", "offset"], &page)
}

/// A path with a query string in which what is said under some names is said anew.
fn with(path: &str, raw: &str, names: &[&str], anew: &str) -> String {
    let mut link = format!("{path}?");
    for pair in raw.split('&').filter(|pair| !pair.is_empty()) {
        let name = decode(pair.split('=').next().unwrap_or_default());
        if !names.contains(&name.as_ref()) {
            link.push_str(pair);
            link.push('&');
        }
    }
    link + anew
}
