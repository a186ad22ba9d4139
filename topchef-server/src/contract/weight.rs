//! Owns what operations on whole values cost, in the units of the meter.
//! Does not know who pays.

use serde_json::{Number, Value};

/// What arithmetic on a number costs beyond a question: it is exact, so `1e9999` has ten thousand digits.
pub(super) fn arithmetic(number: &Number) -> u64 {
    let text = number.as_str();
    if text.len() <= 24 && !text.contains(['e', 'E']) {
        return 0;
    }
    let digits = text.len() as u64;
    let exponent = text
        .split_once(['e', 'E'])
        .and_then(|(_, exponent)| exponent.parse::<i64>().ok())
        // `jsonschema` compares numbers of more than 10,000 digits by their spelling.
        .map_or(0, |exponent| exponent.unsigned_abs().min(10_000));
    digits * digits / 100 + exponent * exponent / 400
}

/// Pieces of sixteen bytes of `value`, with those of its members.
pub(super) fn size(value: &Value) -> u64 {
    1 + match value {
        Value::Null | Value::Bool(_) => 0,
        Value::Number(number) => number.as_str().len() as u64 / 16,
        Value::String(text) => text.len() as u64 / 16,
        Value::Array(items) => items.iter().map(size).fold(0, u64::saturating_add),
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| size(member) + name.len() as u64 / 16)
            .fold(0, u64::saturating_add),
    }
}

/// What comparing two values costs beyond a question: it stops at the first difference, at the latest at the end of either.
pub(super) fn comparison(value: &Value, expected: &Value) -> u64 {
    match (value, expected) {
        (Value::Number(left), Value::Number(right)) => 2 + arithmetic(left) + arithmetic(right),
        (Value::String(left), Value::String(right)) if left.len() == right.len() => {
            left.len() as u64 / 16
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => left
            .iter()
            .zip(right)
            .map(|(left, right)| 1 + comparison(left, right))
            .fold(0, u64::saturating_add),
        (Value::Object(left), Value::Object(right)) if left.len() == right.len() => right
            .iter()
            .map(|(name, right)| {
                let inner = left.get(name).map_or(0, |left| comparison(left, right));
                1 + inner + name.len() as u64 / 16
            })
            .fold(0, u64::saturating_add),
        _ => 0,
    }
}
