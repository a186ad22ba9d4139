//! Conditions: a name with its operator, and what it is compared with.
//!
//! It does not know how they are grouped.

use super::target::{Target, Word, are_comparable, filterable, filterable_names};
use super::twice;
use super::values::{flag, items, pattern};
use crate::column::parse_text;
use crate::descriptor::Descriptor;
use crate::error::{ApiError, shortened};
use crate::query::{Condition, Operator};

/// The most conditions of a request, however they are grouped.
const MOST: usize = 100;

/// The conditions of a query string.
pub(super) struct Conditions {
    descriptor: &'static Descriptor,
    /// Those that were read, all of which must hold.
    pub(super) read: Vec<Condition>,
    /// What was asked about outside groups: each once.
    given: Vec<Target>,
    count: usize,
}

impl Conditions {
    pub(super) fn new(descriptor: &'static Descriptor) -> Self {
        Self {
            descriptor,
            read: Vec::new(),
            given: Vec::new(),
            count: 0,
        }
    }

    /// Whether more were given than are read.
    pub(super) fn are_too_many(&self) -> bool {
        self.count > MOST
    }

    /// What a name asks about; none when it is the name of nothing that may be filtered by.
    pub(super) fn target(&mut self, name: &str) -> Result<Option<Target>, ApiError> {
        self.count += 1;
        if self.are_too_many() {
            let detail = format!("a request has at most {MOST} conditions");
            return Err(ApiError::query_parameter(name, "too_many", detail));
        }
        Target::read(self.descriptor, name)
    }

    /// Adds a condition that stands by itself.
    pub(super) fn one(&mut self, target: Target, name: &str, value: &str) -> Result<(), ApiError> {
        if self.given.contains(&target) {
            return Err(twice(name));
        }
        self.given.push(target);
        self.read
            .push(condition(self.descriptor, target, name, value)?);
        Ok(())
    }

    /// A condition inside a group.
    pub(super) fn grouped(&mut self, name: &str, value: &str) -> Result<Condition, ApiError> {
        let Some(target) = self.target(name)? else {
            let allowed: Vec<_> = filterable_names(self.descriptor).collect();
            let (name, allowed) = (shortened(name), allowed.join(", "));
            let detail = format!("no field `{name}` to filter by; allowed: {allowed}");
            return Err(ApiError::query_parameter("or", "unknown_field", detail));
        };
        condition(self.descriptor, target, name, value)
    }
}

fn condition(
    descriptor: &'static Descriptor,
    target: Target,
    name: &str,
    value: &str,
) -> Result<Condition, ApiError> {
    let kind = descriptor.columns[target.column].kind;
    let typed = |text: &str| {
        parse_text(kind, text)
            .map_err(|error| ApiError::query_parameter(name, error.code, error.detail))
    };
    let of = |operator| Condition::of(target.column, operator);
    let not = |operator| Condition::Not(Box::new(of(operator)));
    Ok(match target.word {
        Word::Compare(comparison) if target.with_column => Condition::Columns {
            left: target.column,
            comparison,
            right: other_column(descriptor, target.column, name, value)?,
        },
        Word::Compare(comparison) => of(comparison.with(typed(value)?)),
        Word::In => {
            let items = items(name, value)?;
            let values = items.iter().map(|item| typed(item));
            of(Operator::In(values.collect::<Result<_, _>>()?))
        }
        Word::Like => of(Operator::Like(pattern(name, value)?)),
        Word::LikeIgnoringCase => of(Operator::LikeIgnoringCase(pattern(name, value)?)),
        Word::NotLike => not(Operator::Like(pattern(name, value)?)),
        Word::NotLikeIgnoringCase => not(Operator::LikeIgnoringCase(pattern(name, value)?)),
        Word::Null if flag(name, value)? => of(Operator::Equal(kind.null())),
        Word::Null => of(Operator::NotEqual(kind.null())),
    })
}

/// The column that another is compared with: one that may be filtered by, of a kind that compares.
fn other_column(
    descriptor: &'static Descriptor,
    column: usize,
    name: &str,
    other: &str,
) -> Result<usize, ApiError> {
    let kind = descriptor.columns[column].kind;
    let compares = |other: usize| are_comparable(kind, descriptor.columns[other].kind);
    filterable(descriptor, other)
        .filter(|other| compares(*other))
        .ok_or_else(|| {
            let allowed = filterable_names(descriptor);
            let allowed =
                allowed.filter(|name| descriptor.column_named(name).is_some_and(&compares));
            let allowed = allowed.collect::<Vec<_>>().join(", ");
            let detail = format!(
                "no field `{}` to compare it with; allowed: {allowed}",
                shortened(other)
            );
            ApiError::query_parameter(name, "unknown_field", detail)
        })
}
