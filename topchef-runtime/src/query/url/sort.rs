//! Orders: `sort=-pub_year,title`.
//!
//! It does not know that the key follows.

use super::names;
use super::target::is_askable;
use crate::descriptor::{Descriptor, Sort};
use crate::error::{ApiError, shortened};

/// The order that a list of names says; a `-` before a name means the largest first.
pub(super) fn order(descriptor: &'static Descriptor, value: &str) -> Result<Vec<Sort>, ApiError> {
    let mut order: Vec<Sort> = Vec::new();
    for name in names(value) {
        let (descending, field) = match name.strip_prefix('-') {
            Some(field) => (true, field),
            None => (false, name),
        };
        let Some(column) = sortable(descriptor, field) else {
            return Err(unknown(descriptor, field));
        };
        // A second time it would change nothing; refused, a list is never longer than the columns.
        if order.iter().any(|sort| sort.column == column) {
            let detail = format!("`{field}` is given twice");
            return Err(ApiError::query_parameter("sort", "duplicate", detail));
        }
        order.push(Sort { column, descending });
    }
    Ok(order)
}

/// The columns that may be sorted by.
pub(crate) fn sortable_columns(descriptor: &'static Descriptor) -> impl Iterator<Item = usize> {
    let columns = 0..descriptor.columns.len();
    columns.filter(|index| is_sortable(descriptor, *index))
}

fn sortable(descriptor: &Descriptor, name: &str) -> Option<usize> {
    let column = descriptor.column_named(name)?;
    is_sortable(descriptor, column).then_some(column)
}

fn is_sortable(descriptor: &Descriptor, column: usize) -> bool {
    descriptor.collection.sort.contains(&column) && is_askable(descriptor, column)
}

fn unknown(descriptor: &'static Descriptor, name: &str) -> ApiError {
    let allowed = sortable_columns(descriptor).map(|index| descriptor.columns[index].wire);
    let detail = format!(
        "no field `{}` to sort by; allowed: {}",
        shortened(name),
        allowed.collect::<Vec<_>>().join(", ")
    );
    ApiError::query_parameter("sort", "unknown_field", detail)
}
