//! Owns the violations of a schema as people and programs read them, all of bounded size.
//! Does not know how they were found.

use std::fmt;

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value;

use super::{excerpt::shortened, limits::Limits};

/// One way in which a document does not satisfy its schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// JSON pointer (RFC 6901) to the part of the document; the empty string is the whole document.
    pub pointer: String,
    /// What is wrong, in English, without a final stop.
    pub message: String,
    /// The keyword of the schema that says so; empty for a note on what is not listed.
    pub keyword: String,
    /// The sub-errors of the branches of `anyOf` and `oneOf`, one line each.
    pub context: Vec<String>,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.pointer.is_empty() {
            write!(f, "{}: ", self.pointer)?;
        }
        f.write_str(&self.message)?;
        if !self.context.is_empty() {
            write!(f, " ({})", self.context.join("; "))?;
        }
        Ok(())
    }
}

/// The violations in `errors`, at most [`Limits::violations`] and a note on the others.
///
/// `complete` is false when the validator was stopped, so that there may be more than it reports.
pub(super) fn violations<'a>(
    errors: impl Iterator<Item = ValidationError<'a>>,
    complete: bool,
    limits: &Limits,
) -> Vec<Violation> {
    let mut sound = errors.filter(is_sound);
    let mut listed: Vec<_> = sound
        .by_ref()
        .take(limits.violations)
        .map(|error| violation(&error, limits))
        .collect();
    let others = sound.count();
    if !complete {
        listed.push(note(
            "there are more violations, too many to list".to_owned(),
        ));
    } else if others > 0 {
        listed.push(note(format!("there are {others} more violations")));
    }
    listed
}

fn note(message: String) -> Violation {
    Violation {
        pointer: String::new(),
        message,
        keyword: String::new(),
        context: Vec::new(),
    }
}

/// Whether the error was made while the count of the work was not yet spent; see `metered.rs`.
fn is_sound(error: &ValidationError<'_>) -> bool {
    !error.instance().is_null()
}

fn violation(error: &ValidationError<'_>, limits: &Limits) -> Violation {
    let mut context = Vec::new();
    collect_context(error, 0, limits, &mut context);
    Violation {
        pointer: shortened(error.instance_path(), limits.message_length),
        message: message(error, limits),
        keyword: error.kind().keyword().to_owned(),
        context,
    }
}

/// The message of one error; the instance of an error is always an excerpt or `null`, see `metered.rs`.
fn message(error: &ValidationError<'_>, limits: &Limits) -> String {
    let instance = error.instance().as_str().unwrap_or("the value");
    match error.kind() {
        // Its own message would show the schema as it was rewritten for the validator.
        ValidationErrorKind::Not { schema } if schema.get("$ref").is_none() => {
            format!("False schema does not allow {instance}")
        }
        ValidationErrorKind::Not { .. } => {
            format!("{instance} is valid under the schema listed in the 'not' keyword")
        }
        ValidationErrorKind::AdditionalItems { limit } => {
            format!("{instance} has additional items, only {limit} are allowed")
        }
        ValidationErrorKind::PropertyNames { error } => {
            let inner = message(error, limits);
            shortened(
                format_args!("invalid property name: {inner}"),
                limits.message_length,
            )
        }
        _ => shortened(error.masked_with(instance), limits.message_length),
    }
}

/// The sub-errors of `anyOf` and `oneOf`, those of nested ones after their own.
fn collect_context(
    error: &ValidationError<'_>,
    level: usize,
    limits: &Limits,
    lines: &mut Vec<String>,
) {
    let branches = match error.kind() {
        ValidationErrorKind::AnyOf { context }
        | ValidationErrorKind::OneOfNotValid { context }
        | ValidationErrorKind::OneOfMultipleValid { context } => context,
        ValidationErrorKind::PropertyNames { error } => {
            return collect_context(error, level, limits, lines);
        }
        _ => return,
    };
    for (index, branch) in branches.iter().enumerate() {
        if branch.is_empty() {
            lines.push(format!("{}branch {index}: valid", "  ".repeat(level)));
        }
        for error in branch.iter().filter(|error| is_sound(error)) {
            if lines.len() >= limits.context {
                if lines.last().is_none_or(|last| last != "and others") {
                    lines.push("and others".to_owned());
                }
                return;
            }
            let pointer = error.instance_path().as_str();
            let place = if pointer.is_empty() { "" } else { ": " };
            let line = format!("branch {index}: {pointer}{place}{}", message(error, limits));
            lines.push(format!(
                "{}{}",
                "  ".repeat(level),
                shortened(line, limits.message_length)
            ));
            if level < 4 {
                collect_context(error, level + 1, limits, lines);
            }
        }
    }
}

/// The violation of a document that is invalid although no single error was found in time.
pub(super) fn unlisted() -> Violation {
    Violation {
        keyword: "anyOf".to_owned(),
        ..note(
            "the document does not satisfy its schema; its violations are too many to list"
                .to_owned(),
        )
    }
}

/// Whether a value is of a type that can be a schema at the top; the name of its type otherwise.
pub(super) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
