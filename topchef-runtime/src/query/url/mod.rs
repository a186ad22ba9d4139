//! The grammar of a URL's query string: conditions, order, page, fields, and what is told besides.
//!
//! Everything in it is either understood or refused: an unknown name never means "all rows".

mod conditions;
mod group;
mod links;
mod search;
mod selection;
mod sort;
mod target;
mod values;

use std::borrow::Cow;
use std::collections::HashSet;

use super::{Meta, One, Query, Start, cursor};
use crate::descriptor::{ColumnDescriptor, Descriptor, Envelope, Method, Selection};
use crate::error::{ApiError, Report};

pub use links::{Ends, Links, Paging, page_link};
pub(crate) use sort::sortable_columns;
pub(crate) use target::{filterable_columns, operators};

use conditions::Conditions;
use values::{flag, only, whole_number};

/// The parameters of collections that are no conditions, where there are all of them.
const PARAMETERS: [&str; 11] = [
    "or", "q", "sort", "limit", "offset", "cursor", "count", "fields", "include", "meta", "explain",
];

/// The name of the condition that a column equals something: of one that is called like a parameter, with its operator.
pub(crate) fn name_of_equal(column: &ColumnDescriptor) -> String {
    let name = column.wire;
    if PARAMETERS.contains(&name) {
        format!("{name}[eq]")
    } else {
        name.to_owned()
    }
}

/// Reads the query string of a collection.
///
/// # Errors
/// As [`narrow`].
pub fn parse(descriptor: &'static Descriptor, raw: &str) -> Result<Query, Report> {
    narrow(descriptor, Query::first_page(descriptor), raw)
}

/// As [`parse`], where `explain` may be asked for.
///
/// # Errors
/// As [`narrow`].
pub fn parse_explaining(descriptor: &'static Descriptor, raw: &str) -> Result<Query, Report> {
    Reading::of(descriptor, Method::List)
        .explaining()
        .many(Query::first_page(descriptor), raw)
}

/// Narrows, sorts and pages a query as a query string says.
///
/// # Errors
/// A [`Report`] of everything that is unknown, twice or of the wrong type, each with what is allowed.
pub fn narrow(descriptor: &'static Descriptor, query: Query, raw: &str) -> Result<Query, Report> {
    Reading::of(descriptor, Method::List).many(query, raw)
}

/// Reads the query string of a single record: `fields`, `include`; for a `GET`, `meta` too.
///
/// # Errors
/// As [`narrow`].
pub fn parse_one(
    descriptor: &'static Descriptor,
    method: Method,
    raw: &str,
) -> Result<One, Report> {
    if raw.is_empty() {
        return Ok(One::of(descriptor, method));
    }
    Reading::of(descriptor, method).one(raw)
}

/// As [`parse_one`], where `explain` may be asked for.
///
/// # Errors
/// As [`narrow`].
pub fn parse_one_explaining(
    descriptor: &'static Descriptor,
    method: Method,
    raw: &str,
) -> Result<One, Report> {
    Reading::of(descriptor, method).explaining().one(raw)
}

/// Reads the query string of a request that takes no parameter: a condition on a `DELETE` is not passed over.
///
/// # Errors
/// A [`Report`] of all that is in it.
pub fn parse_none(raw: &str) -> Result<(), Report> {
    let report: Report = pairs(raw)
        .map(|(name, _)| {
            let detail = "no such parameter; none is allowed";
            ApiError::query_parameter(&name, "unknown_parameter", detail)
        })
        .collect();
    report.into_result()
}

/// Undoes percent-encoding and `+`; what is no UTF-8 becomes the replacement character.
pub fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains(['%', '+']) {
        return Cow::Borrowed(text);
    }
    let spaced = text.replace('+', " ");
    let decoded = percent_encoding::percent_decode_str(&spaced).decode_utf8_lossy();
    Cow::Owned(decoded.into_owned())
}

/// The decoded names and values of a query string.
pub fn pairs(raw: &str) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    let pairs = raw.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(name), decode(value))
    })
}

/// The names of a comma-separated list.
fn names(value: &str) -> impl Iterator<Item = &str> {
    value
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
}

fn twice(name: &str) -> ApiError {
    ApiError::query_parameter(name, "duplicate", "given twice")
}

/// A query string being read.
struct Reading {
    descriptor: &'static Descriptor,
    method: Method,
    explains: bool,
    /// The parameters that were given, but for conditions.
    given: HashSet<String>,
    report: Report,
    asked: Asked,
}

/// What both a collection and a record may be asked for.
#[derive(Default)]
struct Asked {
    fields: Option<Selection>,
    include: Option<String>,
    meta: Meta,
    explain: bool,
}

impl Reading {
    fn of(descriptor: &'static Descriptor, method: Method) -> Self {
        Self {
            descriptor,
            method,
            explains: false,
            given: HashSet::new(),
            report: Report::new(),
            asked: Asked::default(),
        }
    }

    fn explaining(mut self) -> Self {
        self.explains = true;
        self
    }

    fn one(mut self, raw: &str) -> Result<One, Report> {
        let mut one = One::of(self.descriptor, self.method);
        for (name, value) in pairs(raw) {
            let result = match self.representation(&name, &value) {
                Some(result) => result,
                None => Err(unknown(&name, &self.names())),
            };
            self.report.extend(result.err());
        }
        self.select(&mut one.selection);
        one.meta = self.asked.meta;
        one.explain = self.asked.explain;
        self.report.into_result().map(|()| one)
    }

    fn many(mut self, mut query: Query, raw: &str) -> Result<Query, Report> {
        let mut conditions = Conditions::new(self.descriptor);
        let mut cursor = None;
        for (name, value) in pairs(raw) {
            let result = if let Some(result) = self.representation(&name, &value) {
                result
            } else if &*name == "cursor" {
                self.once(&name).map(|()| cursor = Some(value.into_owned()))
            } else if let Some(result) = self.page(&mut query, &name, &value) {
                result
            } else {
                self.condition(&mut conditions, &name, &value)
            };
            self.report.extend(result.err());
            if self.report.is_full() || conditions.are_too_many() {
                // What more is wrong would not be told.
                break;
            }
        }
        query.conditions.extend(conditions.read);
        self.select(&mut query.selection);
        query.meta = self.asked.meta;
        query.explain = self.asked.explain;
        if let Some(cursor) = cursor {
            let start = self.start(&query, &cursor);
            match start {
                Ok(start) => query.start = start,
                Err(error) => self.report.push(error),
            }
        }
        self.report.into_result().map(|()| query)
    }

    /// A parameter that says what goes out, if this is one.
    fn representation(&mut self, name: &str, value: &str) -> Option<Result<(), ApiError>> {
        let understood = match name {
            "fields" | "include" => true,
            "meta" => self.tells_schema(),
            "explain" => self.explains,
            "count" => self.tells_total(),
            _ => false,
        };
        understood.then(|| {
            self.once(name)?;
            match name {
                "fields" => {
                    let fields = selection::fields(self.descriptor, self.method, value)?;
                    self.asked.fields = Some(fields);
                }
                "include" => self.asked.include = Some(value.to_owned()),
                "count" => {
                    only(name, value, "exact")?;
                    self.asked.meta.count = true;
                }
                "meta" => {
                    only(name, value, "schema")?;
                    self.asked.meta.schema = true;
                }
                _ => self.asked.explain = flag(name, value)?,
            }
            Ok(())
        })
    }

    /// A parameter that says in which order and where the page begins, if this is one.
    fn page(&mut self, query: &mut Query, name: &str, value: &str) -> Option<Result<(), ApiError>> {
        matches!(name, "sort" | "limit" | "offset").then(|| {
            self.once(name)?;
            match name {
                "sort" => {
                    let order = sort::order(self.descriptor, value)?;
                    query.order = super::total(self.descriptor, order);
                }
                "limit" => query.limit = whole_number(name, value)?.min(query.max_limit),
                _ => query.start = Start::Offset(whole_number(name, value)?),
            }
            Ok(())
        })
    }

    fn condition(
        &mut self,
        conditions: &mut Conditions,
        name: &str,
        value: &str,
    ) -> Result<(), ApiError> {
        match name {
            "or" => group::any(conditions, value),
            "q" if search::is_declared(self.descriptor) => {
                self.once(name)?;
                conditions
                    .read
                    .extend(search::words(self.descriptor, value)?);
                Ok(())
            }
            _ => match conditions.target(name)? {
                Some(target) => conditions.one(target, name, value),
                None => Err(unknown(name, &self.names())),
            },
        }
    }

    /// What goes out: the fields that were named, or else what the method shows; and what is included.
    fn select(&mut self, selection: &mut Selection) {
        if let Some(fields) = self.asked.fields.take() {
            *selection = fields;
        }
        if let Some(paths) = self.asked.include.take() {
            let included = selection::include(self.descriptor, self.method, selection, &paths);
            self.report.extend(included.err());
        }
    }

    /// Where the page begins that a cursor leads to; an empty one leads to the first.
    fn start(&self, query: &Query, text: &str) -> Result<Start, ApiError> {
        if self.given.contains("offset") {
            let detail = "a page begins at a cursor or after an offset; give one of them";
            return Err(ApiError::query_parameter("cursor", "conflict", detail));
        }
        if text.is_empty() {
            return Ok(Start::First);
        }
        let bound_to = cursor::fingerprint(self.descriptor, query);
        cursor::read(self.descriptor, &query.order, bound_to, text)
            .map(Start::Cursor)
            .ok_or_else(|| {
                let detail = "no cursor of this collection with these conditions and this order; \
                              `cursor=` leads to the first page";
                ApiError::query_parameter("cursor", "cursor", detail)
            })
    }

    fn once(&mut self, name: &str) -> Result<(), ApiError> {
        if self.given.insert(name.to_owned()) {
            Ok(())
        } else {
            Err(twice(name))
        }
    }

    /// Whether the schema may be asked for: without an envelope there is no place for it.
    fn tells_schema(&self) -> bool {
        self.method.is_safe() && self.descriptor.envelope == Envelope::Data
    }

    /// Whether the number of all records may be asked for.
    fn tells_total(&self) -> bool {
        self.method == Method::List && self.descriptor.envelope == Envelope::Data
    }

    /// The names of all parameters that are understood.
    fn names(&self) -> String {
        let list = self.method == Method::List;
        let mut names = Vec::new();
        if list {
            names.extend(target::filterable_names(self.descriptor));
            names.extend(["or", "sort", "limit", "offset", "cursor"]);
            names.extend(search::is_declared(self.descriptor).then_some("q"));
        }
        names.extend(["fields", "include"]);
        names.extend(self.tells_schema().then_some("meta"));
        names.extend(self.tells_total().then_some("count"));
        names.extend(self.explains.then_some("explain"));
        names.join(", ")
    }
}

fn unknown(name: &str, allowed: &str) -> ApiError {
    let detail = format!("no such parameter; allowed: {allowed}");
    ApiError::query_parameter(name, "unknown_parameter", detail)
}

#[cfg(test)]
mod tests;
