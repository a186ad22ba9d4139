//! Owns the run of the validator on one document: first the verdict, then the violations.
//! Does not know where schema and document come from.

use jsonschema::Validator;
use serde_json::Value;

use super::limits::Limits;
use super::meter::{self, Rates};
use super::metered::{Metered, MeteredJson};
use super::violation::{self, Violation};

/// The violations of `value`, or nothing when even its validity could not be found out within `rates`.
///
/// The verdict comes first: it takes no memory and stops at the first failure, and after it the errors may be cut short.
pub(super) fn violations(
    validator: &Validator<MeteredJson>,
    value: &Value,
    rates: Rates,
    limits: &Limits,
) -> Option<Vec<Violation>> {
    if is_valid(validator, value, rates)? {
        return Some(Vec::new());
    }
    let (errors, left) = meter::within(rates, || validator.iter_errors(Metered::root(value)));
    let violations = violation::violations(errors, left.is_left(), limits);
    Some(
        if violations
            .iter()
            .all(|violation| violation.keyword.is_empty())
        {
            vec![violation::unlisted()]
        } else {
            violations
        },
    )
}

/// Whether `value` is valid, or nothing when that could not be found out within `rates`.
pub(super) fn is_valid(
    validator: &Validator<MeteredJson>,
    value: &Value,
    rates: Rates,
) -> Option<bool> {
    let (is_valid, left) = meter::within(rates, || validator.is_valid(Metered::root(value)));
    left.is_left().then_some(is_valid)
}
