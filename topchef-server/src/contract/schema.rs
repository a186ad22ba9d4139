//! Owns the compiled schema: the order of the checks before it is one, and the validation of documents against it.
//! Does not know how any check is made.

use std::sync::OnceLock;
use std::thread;

use jsonschema::{Draft, Validator};
use serde_json::{Value, json};

use super::excerpt::shortened;
use super::graph::Graph;
use super::limits::Limits;
use super::meter::{self, Rates};
use super::metered::{Metered, MeteredJson};
use super::problem::{Reason, SchemaProblem, ValidateError};
use super::scan::{self, ScanProblem};
use super::violation::{self, Violation};
use super::{cost, references, rewrite, survey};

/// Bytes of stack that compiling takes at most: the rewritten schema is flat, so this does not depend on it.
const COMPILE_STACK: usize = 8 * 1024 * 1024;
/// Levels of a document times the schema's longest chain that fit on an ordinary stack.
const ORDINARY_HOPS: usize = 100;
/// Bytes of stack for one such step, in a debug build.
const HOP_STACK: usize = 8 * 1024;

/// A compiled JSON Schema from a stranger: parsed, bounded, its references all inside itself.
pub struct Schema {
    validator: Validator<MeteredJson>,
    rates: Rates,
    limits: Limits,
}

impl Schema {
    /// Compile `text`.
    ///
    /// The draft is the one that `$schema` names, draft 4 when it is not there (the original server's default).
    /// Only an object is a schema, as there. `format` is asserted where the validator knows the format.
    ///
    /// # Errors
    ///
    /// All reasons why it is not a schema that can be used here; see [`Reason`].
    pub fn compile(text: &str, limits: &Limits) -> Result<Self, SchemaProblem> {
        let value =
            scan::parse(text, limits.schema_bytes, limits).map_err(|problem| match problem {
                ScanProblem::NotJson(message) => Reason::NotJson(message),
                ScanProblem::TooDeep(depth) => Reason::TooDeep(depth),
                ScanProblem::TooLong(message) => Reason::TooDear(message),
            })?;
        if !value.is_object() {
            return Err(Reason::NotAnObject(violation::type_name(&value)).into());
        }
        on_stack(COMPILE_STACK, || compiled(&value, limits))
            .unwrap_or_else(|| Err(Reason::Compile("there is no thread for it".to_owned()).into()))
    }

    /// Validate the document `text`.
    ///
    /// # Errors
    ///
    /// [`ValidateError::Violations`] with every violation, in bounded number and size; the other errors when the text
    /// is not JSON or the limits forbid to find out.
    pub fn validate(&self, text: &str) -> Result<(), ValidateError> {
        let limits = &self.limits;
        let value =
            scan::parse(text, limits.document_bytes, limits).map_err(|problem| match problem {
                ScanProblem::NotJson(message) => ValidateError::NotJson(message),
                ScanProblem::TooDeep(depth) => ValidateError::TooDeep(depth),
                ScanProblem::TooLong(message) => ValidateError::TooDear(message),
            })?;
        let hops = depth(&value) * usize::try_from(self.rates.chain).unwrap_or(usize::MAX);
        if hops <= ORDINARY_HOPS {
            return self.check(&value);
        }
        on_stack(hops.saturating_mul(HOP_STACK), || self.check(&value)).unwrap_or_else(|| {
            Err(ValidateError::TooDear(
                "there is no thread for it".to_owned(),
            ))
        })
    }

    /// Validate a parsed document on this stack.
    fn check(&self, value: &Value) -> Result<(), ValidateError> {
        match violations(&self.validator, value, self.rates, &self.limits) {
            None => Err(ValidateError::TooDear(format!(
                "it takes more than {} evaluations",
                self.limits.evaluations
            ))),
            Some(violations) if violations.is_empty() => Ok(()),
            Some(violations) => Err(ValidateError::Violations(violations)),
        }
    }
}

/// All checks of a schema that is an object, in the order in which each can rely on those before.
fn compiled(value: &Value, limits: &Limits) -> Result<Schema, SchemaProblem> {
    let draft = survey::draft(value)?;
    let against_meta_schema = against_meta_schema(value, draft, limits)?;
    let mut graph = Graph::of(value, draft)?;
    references::resolve(&mut graph);
    let mut reasons = against_meta_schema;
    reasons.append(&mut graph.reasons);
    let survey = survey::of(&graph, limits, &mut reasons);
    let chain = match cost::chain(&graph, limits) {
        Ok(chain) if reasons.is_empty() => chain,
        result => {
            reasons.extend(result.err());
            reasons.truncate(limits.violations);
            return Err(SchemaProblem { reasons });
        }
    };
    let validator = jsonschema::options_for::<MeteredJson>()
        .with_draft(draft)
        .offline()
        .should_validate_formats(true)
        .with_pattern_options(super::pattern::engine(limits))
        .build(&rewrite::rewritten(&graph))
        .map_err(|error| Reason::Compile(shortened(error.masked(), limits.message_length)))?;
    let rates = Rates {
        units: limits.evaluations,
        bytes: limits.report_bytes,
        string_width: survey.string_width,
        name_width: survey.name_width,
        error_bytes: survey.error_bytes,
        chain,
    };
    Ok(Schema {
        validator,
        rates,
        limits: limits.clone(),
    })
}

/// Why the meta-schema of its draft does not accept `value`.
fn against_meta_schema(
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
        Reason::TooDear("it takes too long to compare with its meta-schema".to_owned())
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

/// The violations of `value`, or nothing when even its validity could not be found out within `rates`.
///
/// The verdict comes first: it takes no memory and stops at the first failure, and after it the errors may be cut short.
fn violations(
    validator: &Validator<MeteredJson>,
    value: &Value,
    rates: Rates,
    limits: &Limits,
) -> Option<Vec<Violation>> {
    let (is_valid, left) = meter::within(rates, || validator.is_valid(Metered::root(value)));
    if !left.is_left() {
        return None;
    }
    if is_valid {
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

/// Levels of arrays and objects; bounded by the scan, so recursion is safe.
fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// Run `work` on a thread with a stack of `bytes`, of which only what is used becomes memory; nothing when there is no thread.
fn on_stack<T: Send>(bytes: usize, work: impl FnOnce() -> T + Send) -> Option<T> {
    thread::scope(|scope| {
        let thread = thread::Builder::new()
            .name("contract".to_owned())
            .stack_size(bytes + 512 * 1024)
            .spawn_scoped(scope, work);
        thread.ok()?.join().ok()
    })
}
