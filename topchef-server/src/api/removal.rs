//! What the query string of a `DELETE` says.
//!
//! It does not know what is removed.

use topchef_runtime::query::pairs;
use topchef_runtime::{ApiError, Report};

use crate::queue::Removal;

/// Whether what is being worked on is removed too; of all parameters only `known` are known.
pub(super) fn removal(query: &str, known: &[&str]) -> Result<Removal, Report> {
    let mut report = Report::new();
    let mut seen = Vec::new();
    for (name, value) in pairs(query) {
        if seen.contains(&name) {
            let detail = "is given twice";
            report.push(ApiError::query_parameter(&name, "given_twice", detail));
            continue;
        }
        report.extend(refusal(&name, &value, known));
        seen.push(name);
    }
    report.into_result()?;
    Ok(if says(query, "force", "true") {
        Removal::Forced
    } else {
        Removal::Careful
    })
}

fn refusal(name: &str, value: &str, known: &[&str]) -> Option<ApiError> {
    if !known.contains(&name) {
        let detail = format!("no such parameter; known are {}", known.join(", "));
        return Some(ApiError::query_parameter(name, "unknown_parameter", detail));
    }
    let wrong = name == "force" && !["true", "false"].contains(&value);
    wrong.then(|| ApiError::query_parameter(name, "type", "must be true or false"))
}

/// Whether a parameter has this value.
pub(super) fn says(query: &str, name: &str, value: &str) -> bool {
    pairs(query).any(|pair| pair == (name.into(), value.into()))
}
