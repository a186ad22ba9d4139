//! Owns the comparison behind `uniqueItems`, in time linear in the text of the array.
//! Does not know schemas.
//!
//! `jsonschema` hashes numbers by their `f64`, so that long numbers can be made to collide and are then compared one by one.

use std::collections::HashSet;
use std::fmt::Write;

use serde_json::Value;

/// Whether no two of `items` are equal as JSON Schema defines it: numbers by value, objects without order.
pub(super) fn is_unique(items: &[Value]) -> bool {
    let mut seen = HashSet::with_capacity(items.len());
    items.iter().all(|item| {
        let mut key = String::new();
        write_canonical(item, &mut key);
        seen.insert(key)
    })
}

/// Equal values have equal texts; `sink` grows by about the length of the value's own text.
fn write_canonical(value: &Value, sink: &mut String) {
    match value {
        Value::Null => sink.push('n'),
        Value::Bool(true) => sink.push('t'),
        Value::Bool(false) => sink.push('f'),
        Value::Number(number) => write_number(number.as_str(), sink),
        Value::String(text) => write_text(text, sink),
        Value::Array(items) => {
            sink.push('[');
            for item in items {
                write_canonical(item, sink);
            }
            sink.push(']');
        }
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_unstable_by_key(|(name, _)| name.as_str());
            sink.push('{');
            for (name, member) in sorted {
                write_text(name, sink);
                write_canonical(member, sink);
            }
            sink.push('}');
        }
    }
}

/// The length comes first, so that no text can imitate another value.
fn write_text(text: &str, sink: &mut String) {
    // Writing to a string cannot fail.
    let _ = write!(sink, "s{}:{text}", text.len());
}

/// Sign, digits without zeros at either end, and the power of ten of the first digit.
fn write_number(text: &str, sink: &mut String) {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = unsigned
        .split_once(['e', 'E'])
        .map_or((unsigned, "0"), |(mantissa, exponent)| (mantissa, exponent));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all: String = [whole, fraction].concat();
    let leading = all.len() - all.trim_start_matches('0').len();
    let digits = all.trim_matches('0');
    if digits.is_empty() {
        sink.push_str("#0");
        return;
    }
    let sign = if unsigned.len() < text.len() { "-" } else { "" };
    let Ok(exponent) = exponent.parse::<i64>() else {
        // An exponent past 64 bits is told apart by its spelling alone.
        let _ = write!(sink, "#{text};");
        return;
    };
    let shift =
        i64::try_from(whole.len()).unwrap_or(i64::MAX) - i64::try_from(leading).unwrap_or(0);
    let _ = write!(
        sink,
        "#{sign}{digits}e{};",
        i128::from(exponent) + i128::from(shift)
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unique(text: &str) -> bool {
        let value: Value = serde_json::from_str(text).unwrap();
        is_unique(value.as_array().unwrap())
    }

    #[test]
    fn numbers_are_compared_by_value() {
        for equal in [
            "[1, 1.0]",
            "[100, 1e2]",
            "[0, -0.0]",
            "[0.001, 1e-3]",
            "[12.50, 1.25e1]",
            "[-5, -0.5e1]",
        ] {
            assert!(!unique(equal), "{equal}");
        }
        for different in [
            "[1, -1]",
            "[1, 10]",
            "[0.1, 1]",
            "[1e400, 1e401]",
            "[0.1, 0.10000000000000000001]",
        ] {
            assert!(unique(different), "{different}");
        }
    }

    #[test]
    fn values_of_different_types_differ() {
        assert!(unique(
            r##"[1, "1", true, null, [], {}, [1], ["1"], "#1e1;", [[]], {"a":1}, {"a":"1"}]"##
        ));
        assert!(unique(r#"[["a","b"], ["as1:b"], ["ab"]]"#));
    }

    #[test]
    fn objects_are_compared_without_order() {
        assert!(!unique(r#"[{"a":1,"b":[2.0]}, {"b":[2],"a":1}]"#));
    }

    #[test]
    fn numbers_beyond_floating_point_take_linear_time() {
        let numbers: Vec<String> = (0..50_000)
            .map(|index| format!("1e{}", 400 + index))
            .collect();
        assert!(unique(&format!("[{}]", numbers.join(","))));
    }
}
