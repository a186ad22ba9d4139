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
use super::verdict::violations;
use super::{pattern, references, rewrite, survey, violation};

/// A compiled JSON Schema from a stranger: parsed, bounded, its references all inside itself.
pub struct Schema {
    validator: Validator<MeteredJson>,
    rates: Rates,
    in_place: InPlace,
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
        with_stack(stack::COMPILING, || compiled(&value, compiling, limits))
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
        let value = scan::parse(text, limits.document_bytes, "max_document_bytes", limits)
            .map_err(|problem| match problem {
                ScanProblem::NotJson(message) => ValidateError::NotJson(message),
                ScanProblem::TooDeep(depth) => ValidateError::TooDeep(depth),
                ScanProblem::TooLong(message) => ValidateError::TooDear(message),
            })?;
        let shape = Shape::of(&value);
        self.check_unwinding(shape)?;
        let steps = shape.depth.saturating_mul(self.in_place.chain);
        if steps <= stack::ORDINARY_STEPS {
            return self.check(&value);
        }
        with_stack(steps.saturating_mul(stack::STEP), || self.check(&value)).unwrap_or_else(|| {
            Err(ValidateError::TooDear(
                "there is no thread for it".to_owned(),
            ))
        })
    }

    /// Whether the validator could end soon on a document of that shape, once the count of its work is spent:
    /// whatever waits at every level still runs, and errors come of it with a pointer each.
    fn check_unwinding(&self, shape: Shape) -> Result<(), ValidateError> {
        let errors = shape.depth.saturating_mul(self.in_place.report);
        if errors.saturating_mul(1_024 + shape.pointer) <= self.limits.unwinding_bytes {
            return Ok(());
        }
        Err(ValidateError::TooDear(format!(
            "{} levels, on each of which up to {} subschemas apply, with names of up to {} bytes altogether",
            shape.depth, self.in_place.report, shape.pointer
        )))
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
fn compiled(value: &Value, compiling: &Limits, limits: &Limits) -> Result<Schema, SchemaProblem> {
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
        limits: limits.clone(),
    })
}
