//! What the name of a condition asks about: `title`, `title[like]`, `sold[gt][column]`.
//!
//! It does not know with what it is compared.

use crate::column::Kind;
use crate::descriptor::Descriptor;
use crate::error::ApiError;
use crate::query::Comparison;

/// What a condition's name asks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// The column's place.
    pub(super) column: usize,
    /// How it is compared.
    pub(super) word: Word,
    /// Whether with another column.
    pub(super) with_column: bool,
}

/// An operator by its name in URLs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Compare(Comparison),
    In,
    Like,
    LikeIgnoringCase,
    NotLike,
    NotLikeIgnoringCase,
    Null,
}

const COMPARISONS: [Comparison; 6] = [
    Comparison::Equal,
    Comparison::NotEqual,
    Comparison::Greater,
    Comparison::GreaterOrEqual,
    Comparison::Less,
    Comparison::LessOrEqual,
];

impl Word {
    const EQUAL: Self = Self::Compare(Comparison::Equal);

    fn name(self) -> &'static str {
        match self {
            Self::Compare(comparison) => comparison.name(),
            Self::In => "in",
            Self::Like => "like",
            Self::LikeIgnoringCase => "ilike",
            Self::NotLike => "notlike",
            Self::NotLikeIgnoringCase => "notilike",
            Self::Null => "null",
        }
    }

    /// The operators that make sense for a kind: what has no order is not compared by it, and only text has a form.
    fn of(kind: Kind) -> impl Iterator<Item = Self> {
        let patterns = [
            Self::Like,
            Self::LikeIgnoringCase,
            Self::NotLike,
            Self::NotLikeIgnoringCase,
        ];
        let patterns = patterns.into_iter().filter(move |_| kind == Kind::Text);
        compared(kind)
            .map(Self::Compare)
            .chain([Self::In, Self::Null])
            .chain(patterns)
    }
}

/// The comparisons that make sense for a kind.
fn compared(kind: Kind) -> impl Iterator<Item = Comparison> {
    let ordered = !matches!(kind, Kind::Boolean | Kind::Enum(_));
    let comparisons = COMPARISONS.into_iter();
    comparisons.filter(move |comparison| {
        ordered || matches!(comparison, Comparison::Equal | Comparison::NotEqual)
    })
}

impl Target {
    /// What a name asks about; none when it names nothing that may be filtered by.
    ///
    /// # Errors
    /// When there is no such operator for the column, with those that there are.
    pub(super) fn read(
        descriptor: &'static Descriptor,
        name: &str,
    ) -> Result<Option<Self>, ApiError> {
        let (field, operator) = name.split_once('[').map_or((name, None), |(field, rest)| {
            (field, Some(rest.strip_suffix(']').unwrap_or_default()))
        });
        let Some(column) = filterable(descriptor, field) else {
            return Ok(None);
        };
        let (operator, with_column) = match operator.map(|operator| operator.split_once("][")) {
            Some(Some((operator, "column"))) => (Some(operator), true),
            // Nothing else may follow an operator.
            Some(Some(_)) => (Some(""), false),
            Some(None) => (operator, false),
            None => (None, false),
        };
        let kind = descriptor.columns[column].kind;
        let allowed: Vec<_> = if with_column {
            compared(kind).map(Word::Compare).collect()
        } else {
            Word::of(kind).collect()
        };
        let operator = operator.unwrap_or(Word::EQUAL.name());
        match allowed.iter().find(|word| word.name() == operator) {
            Some(&word) => Ok(Some(Self {
                column,
                word,
                with_column,
            })),
            None => Err(no_operator(name, with_column, &allowed)),
        }
    }
}

fn no_operator(name: &str, with_column: bool, allowed: &[Word]) -> ApiError {
    let allowed: Vec<_> = allowed.iter().map(|word| word.name()).collect();
    let compares = if with_column {
        "no such comparison of this field with another"
    } else {
        "no such operator for this field"
    };
    let detail = format!("{compares}; allowed: {}", allowed.join(", "));
    ApiError::query_parameter(name, "operator", detail)
}

/// The operators of a column of a kind, as they are written.
pub(crate) fn operators(kind: Kind) -> impl Iterator<Item = &'static str> {
    Word::of(kind).map(Word::name)
}

/// The columns that may be filtered by.
pub(crate) fn filterable_columns(descriptor: &'static Descriptor) -> impl Iterator<Item = usize> {
    let columns = 0..descriptor.columns.len();
    columns.filter(|index| is_filterable(descriptor, *index))
}

/// The column that may be filtered by under this name.
pub(super) fn filterable(descriptor: &Descriptor, name: &str) -> Option<usize> {
    let column = descriptor.column_named(name)?;
    is_filterable(descriptor, column).then_some(column)
}

/// The wire names of the columns that may be filtered by.
pub(super) fn filterable_names(
    descriptor: &'static Descriptor,
) -> impl Iterator<Item = &'static str> {
    filterable_columns(descriptor).map(|index| descriptor.columns[index].wire)
}

/// The columns that the resource declares, and always its key.
fn is_filterable(descriptor: &Descriptor, column: usize) -> bool {
    let declared = descriptor.collection.filter.contains(&column);
    (declared || descriptor.key.contains(&column)) && is_askable(descriptor, column)
}

/// A write-only column could be read letter by letter through a filter, and JSON has no order.
pub(super) fn is_askable(descriptor: &Descriptor, column: usize) -> bool {
    let column = &descriptor.columns[column];
    !column.write_only && column.kind.is_comparable()
}

/// Whether values of two columns can be compared with each other.
pub(super) fn are_comparable(left: Kind, right: Kind) -> bool {
    let float_or_integer = |kind| matches!(kind, Kind::Integer { .. } | Kind::Real | Kind::Double);
    if float_or_integer(left) {
        return float_or_integer(right);
    }
    match (left, right) {
        (Kind::Enum(one), Kind::Enum(other)) => one == other,
        _ => left == right,
    }
}
