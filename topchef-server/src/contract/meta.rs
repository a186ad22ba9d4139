//! Owns the comparison of a schema with the meta-schema of its draft.
//! Does not know references, patterns nor costs, on which meta-schemas are silent.

use std::sync::OnceLock;

use jsonschema::{Draft, Validator};
use serde_json::{Value, json};

use super::limits::Limits;
use super::meter::Rates;
use super::metered::MeteredJson;
use super::problem::Reason;
use super::survey;
use super::verdict::violations;
use super::violation::Violation;

/// Why the meta-schema of its draft does not accept `value`.
pub(super) fn against_meta_schema(
    value: &Value,
    draft: Draft,
    limits: &Limits,
) -> Result<Vec<Reason>, Reason> {
    let rates = Rates {
        units: limits.evaluations,
        bytes: limits.report_bytes,
        chain: 16,
        ..Rates::default()
    };
    let violations = violations(meta_schema(draft)?, value, rates, limits).ok_or_else(|| {
        Reason::TooDear(format!(
            "it takes more than the {} ms of this server's max_validation_milliseconds to compare with its meta-schema",
            limits.evaluations / Limits::EVALUATIONS_PER_MILLISECOND
        ))
    })?;
    let reason = |violation: Violation| Reason::NotASchema {
        message: Violation {
            pointer: String::new(),
            ..violation.clone()
        }
        .to_string(),
        pointer: violation.pointer,
    };
    Ok(violations.into_iter().map(reason).collect())
}

/// The meta-schema of `draft`, which `jsonschema` brings along.
fn meta_schema(draft: Draft) -> Result<&'static Validator<MeteredJson>, Reason> {
    static COMPILED: [OnceLock<Validator<MeteredJson>>; 5] = [const { OnceLock::new() }; 5];
    let index = survey::DRAFTS
        .iter()
        .position(|(_, known)| *known == draft)
        .unwrap_or(0);
    let (uri, draft) = survey::DRAFTS[index];
    if let Some(known) = COMPILED[index].get() {
        return Ok(known);
    }
    let compiled = jsonschema::options_for::<MeteredJson>()
        .with_draft(draft)
        .offline()
        .should_validate_formats(false)
        .build(&json!({ "$ref": format!("{}://{uri}", if index < 3 { "http" } else { "https" }) }))
        .map_err(|error| Reason::Compile(error.to_string()))?;
    Ok(COMPILED[index].get_or_init(|| compiled))
}
