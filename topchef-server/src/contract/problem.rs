//! Owns what can be wrong with a schema and the ways a validation can end badly.
//! Does not know how any of it is found out.

use super::violation::Violation;

/// Why a text cannot be used as a schema: every reason found, at least one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .reasons.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct SchemaProblem {
    /// All reasons found, in the order of the checks.
    pub reasons: Vec<Reason>,
}

impl From<Reason> for SchemaProblem {
    fn from(reason: Reason) -> Self {
        Self {
            reasons: vec![reason],
        }
    }
}

/// One reason why a text cannot be used as a schema. A `pointer` is a JSON pointer (RFC 6901) into the schema.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// Not JSON at all.
    #[error("the schema is not JSON: {0}")]
    NotJson(String),
    /// Nested deeper than [`Limits::depth`](super::Limits::depth).
    #[error("the schema is nested more than {0} levels deep, the max_depth of this server")]
    TooDeep(usize),
    /// Larger or more expensive than the limits allow.
    #[error("the schema is too large or too expensive: {0}")]
    TooDear(String),
    /// The original server takes only objects as schemas, although later drafts also know `true` and `false`.
    #[error("a schema must be an object, not {0}")]
    NotAnObject(&'static str),
    /// `$schema` names none of the known drafts, or another one than the root's further down.
    #[error(
        "unknown $schema {uri:?} at {pointer:?}: use draft 4, 6, 7, 2019-09 or 2020-12, one for the whole schema"
    )]
    UnknownDraft {
        /// Where.
        pointer: String,
        /// What `$schema` says, shortened.
        uri: String,
    },
    /// Against the meta-schema of its draft.
    #[error("not a schema at {pointer:?}: {message}")]
    NotASchema {
        /// Where.
        pointer: String,
        /// What the meta-schema says.
        message: String,
    },
    /// A reference that leaves the schema, or whose target is missing or ambiguous.
    #[error("the reference {reference:?} at {pointer:?} {why}")]
    Reference {
        /// Where.
        pointer: String,
        /// The reference as written, shortened.
        reference: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// Subschemas that apply to one and the same instance for ever.
    #[error("reference cycle: {}", .0.join(" -> "))]
    Cycle(Vec<String>),
    /// A regular expression that is malformed, too large or not of the linear-time kind.
    #[error("the pattern {pattern:?} at {pointer:?} {why}")]
    Pattern {
        /// Where.
        pointer: String,
        /// The pattern, shortened.
        pattern: String,
        /// What is wrong with it.
        why: String,
    },
    /// The validator's own compiler refused it.
    #[error("the schema does not compile: {0}")]
    Compile(String),
}

/// Why a document was not found valid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValidateError {
    /// Not JSON at all.
    #[error("the document is not JSON: {0}")]
    NotJson(String),
    /// Nested deeper than [`Limits::depth`](super::Limits::depth).
    #[error("the document is nested more than {0} levels deep, the max_depth of this server")]
    TooDeep(usize),
    /// Whether it is valid cannot be found out within the limits; nothing is known about its validity.
    #[error("the document is too expensive to validate: {0}")]
    TooDear(String),
    /// It is JSON but not valid; at least one.
    #[error("the document does not satisfy its schema: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Violations(Vec<Violation>),
}
