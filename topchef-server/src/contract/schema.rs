//! Owns the compiled schema: the order of the checks before it is one, and the validation of documents against it.
//! Does not know how any check is made.

use jsonschema::Validator;
use serde_json::Value;

use super::cost::{self, InPlace};
use super::excerpt::shortened;
use super::graph::Graph;
use super::limits::Limits;
use super::meta::against_meta_schema;
use super::meter::Rates;
use super::metered::MeteredJson;
use super::problem::{Reason, SchemaProblem, ValidateError};
use super::scan::{self, ScanProblem};
use super::stack::{self, Shape, with_stack};
use super::verdict::{self, violations};
use super::{pattern, references, rewrite, survey, violation};

/// What is validated in passing at most.
mod in_passing {
    use super::Limits;

    /// The bytes of a document.
    pub(super) const BYTES: usize = 4 * 1024;
    /// The work of the validator, see [`Limits::evaluations`].
    pub(super) const EVALUATIONS: u64 = Limits::EVALUATIONS_PER_MILLISECOND / 20;
    /// What still runs once that is spent, in bytes of the schema: for each level of the document each subschema on it, as
    /// often as it applies. Nobody counts what an `enum` of thousands of values takes, for one.
    pub(super) const UNCOUNTED_BYTES: u64 = 32 * 1024;
    /// Steps of the stack, on which the caller stands as well.
    pub(super) const STEPS: u64 = super::stack::ORDINARY_STEPS / 2;
}

/// A compiled JSON Schema from a stranger: parsed, bounded, its references all inside itself.
pub struct Schema {
    validator: Validator<MeteredJson>,
    rates: Rates,
    in_place: InPlace,
    /// Of its text.
    bytes: u64,
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
        Self::check_bounds(text, limits)?;
        Self::checked(text, limits, limits)
    }

    /// Compile a text that was accepted before, under whatever limits there were: a service keeps its schemas when an
    /// operator lowers [`Limits::schema_bytes`], [`Limits::depth`] or [`Limits::evaluations`]. What is validated against
    /// it is held to `limits`.
    ///
    /// # Errors
    ///
    /// As [`Schema::compile`], except that those three are not looked at.
    pub fn compile_accepted(text: &str, limits: &Limits) -> Result<Self, SchemaProblem> {
        let accepted = Limits {
            schema_bytes: usize::MAX,
            depth: usize::MAX,
            evaluations: u64::MAX,
            ..limits.clone()
        };
        Self::check_bounds(text, &accepted)?;
        Self::checked(text, &accepted, limits)
    }

    /// Whether a text is short and shallow enough to be compiled.
    ///
    /// # Errors
    ///
    /// The first reason why it is not.
    pub(super) fn check_bounds(text: &str, limits: &Limits) -> Result<(), SchemaProblem> {
        scan::bounded(text, limits.schema_bytes, "max_schema_bytes", limits)
            .map_err(|problem| refused(problem).into())
    }

    /// The schema of a text within its bounds: `compiling` holds for the text, `limits` for what it validates.
    fn checked(text: &str, compiling: &Limits, limits: &Limits) -> Result<Self, SchemaProblem> {
        let value = scan::parse_bounded(text).map_err(refused)?;
        if !value.is_object() {
            return Err(Reason::NotAnObject(violation::type_name(&value)).into());
        }
        let bytes = text.len() as u64;
        with_stack(stack::COMPILING, || {
            compiled(&value, bytes, compiling, limits)
        })
        .unwrap_or_else(|| Err(Reason::Compile("there is no thread for it".to_owned()).into()))
    }

    /// Validate the document `text`.
    ///
    /// # Errors
    ///
    /// [`ValidateError::Violations`] with every violation, in bounded number and size; the other errors when the text
    /// is not JSON or the limits forbid to find out.
    pub fn validate(&self, text: &str) -> Result<(), ValidateError> {
        let (value, shape) = self.parsed(text)?;
        if self.unwinding_bytes(shape) > self.limits.unwinding_bytes {
            return Err(self.too_much_unwinding(shape));
        }
        let steps = self.steps(shape);
        if steps <= stack::ORDINARY_STEPS {
            return self.check(&value);
        }
        with_stack(steps.saturating_mul(stack::STEP), || self.check(&value)).unwrap_or_else(|| {
            Err(ValidateError::TooDear(
                "there is no thread for it".to_owned(),
            ))
        })
    }

    /// Whether the document `text` is valid, where that is found out in a fraction of a millisecond: so short that who has
    /// other things to do, such as to serve requests, does it in passing. False where it is not valid, or may take longer:
    /// then [`validate`](Self::validate) tells.
    pub fn is_valid_in_passing(&self, text: &str) -> bool {
        if text.len() > in_passing::BYTES {
            return false;
        }
        let Ok((value, shape)) = self.parsed(text) else {
            return false;
        };
        let uncounted = shape.depth.saturating_mul(self.in_place.report);
        if uncounted.saturating_mul(self.bytes) > in_passing::UNCOUNTED_BYTES
            || self.steps(shape) > in_passing::STEPS
        {
            return false;
        }
        let rates = Rates {
            units: self.rates.units.min(in_passing::EVALUATIONS),
            ..self.rates
        };
        verdict::is_valid(&self.validator, &value, rates) == Some(true)
    }

    fn parsed(&self, text: &str) -> Result<(Value, Shape), ValidateError> {
        let limits = &self.limits;
        let value = scan::parse(text, limits.document_bytes, "max_document_bytes", limits)
            .map_err(|problem| match problem {
                ScanProblem::NotJson(message) => ValidateError::NotJson(message),
                ScanProblem::TooDeep(depth) => ValidateError::TooDeep(depth),
                ScanProblem::TooLong(message) => ValidateError::TooDear(message),
            })?;
        let shape = Shape::of(&value);
        Ok((value, shape))
    }

    /// How deep the stack may become.
    fn steps(&self, shape: Shape) -> u64 {
        shape.depth.saturating_mul(self.in_place.chain)
    }

    /// What may still be made of errors once the count of the work is spent: whatever waits at every level of a document of
    /// that shape still runs, and errors come of it with a pointer each.
    fn unwinding_bytes(&self, shape: Shape) -> u64 {
        let errors = shape.depth.saturating_mul(self.in_place.errors);
        errors.saturating_mul(1_024 + shape.pointer)
    }

    fn too_much_unwinding(&self, shape: Shape) -> ValidateError {
        ValidateError::TooDear(format!(
            "{} levels, on each of which there may be {} violations, with names of up to {} bytes altogether",
            shape.depth, self.in_place.errors, shape.pointer
        ))
    }

    /// Validate a parsed document on this stack.
    fn check(&self, value: &Value) -> Result<(), ValidateError> {
        match violations(&self.validator, value, self.rates, &self.limits) {
            None => Err(ValidateError::TooDear(format!(
                "it takes more than the {} ms of this server's max_validation_milliseconds",
                self.limits.evaluations / Limits::EVALUATIONS_PER_MILLISECOND
            ))),
            Some(violations) if violations.is_empty() => Ok(()),
            Some(violations) => Err(ValidateError::Violations(violations)),
        }
    }
}

fn refused(problem: ScanProblem) -> Reason {
    match problem {
        ScanProblem::NotJson(message) => Reason::NotJson(message),
        ScanProblem::TooDeep(depth) => Reason::TooDeep(depth),
        ScanProblem::TooLong(message) => Reason::TooDear(message),
    }
}

/// All checks of a schema that is an object, in the order in which each can rely on those before.
fn compiled(
    value: &Value,
    bytes: u64,
    compiling: &Limits,
    limits: &Limits,
) -> Result<Schema, SchemaProblem> {
    let draft = survey::draft(value)?;
    let mut reasons = against_meta_schema(value, draft, compiling)?;
    let mut graph = Graph::of(value, draft)?;
    references::resolve(&mut graph);
    reasons.append(&mut graph.reasons);
    let survey = survey::of(&graph, limits, &mut reasons);
    let in_place = match cost::in_place(&graph, limits) {
        Ok(in_place) if reasons.is_empty() => in_place,
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
        .with_pattern_options(pattern::engine(limits))
        .build(&rewrite::rewritten(&graph))
        .map_err(|error| Reason::Compile(shortened(error.masked(), limits.message_length)))?;
    let rates = Rates {
        units: limits.evaluations,
        bytes: limits.report_bytes,
        string_width: survey.string_width,
        name_width: survey.name_width,
        error_bytes: survey.error_bytes,
        chain: in_place.chain,
    };
    Ok(Schema {
        validator,
        rates,
        in_place,
        bytes,
        limits: limits.clone(),
    })
}
