//! Owns which keywords of JSON Schema hold subschemas, and which assert something by themselves.
//! Does not know what any of them means beyond that.
//!
//! The keywords of all drafts are taken together: one that a draft does not know is ignored by the validator anyway.

/// What a subschema applies to, and how often the validator may look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Applies {
    /// To the same instance, in any case: `allOf`, `then`, references.
    InPlace,
    /// To the same instance, first to choose and then to report why not: `anyOf`, `oneOf`.
    Choice,
    /// To the same instance, without reporting: `not`, `if`.
    Test,
    /// To a member of the instance.
    ToMember,
    /// To nothing by itself: `definitions`.
    Nowhere,
}

/// How a keyword holds its subschemas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// One schema, or an array of them.
    Schemas,
    /// An object of schemas by name; what is not a schema there (an array in `dependencies`) is not looked at.
    Named,
}

/// The keywords that hold subschemas.
const HOLDERS: [(&str, Holds, Applies); 22] = [
    ("allOf", Holds::Schemas, Applies::InPlace),
    ("then", Holds::Schemas, Applies::InPlace),
    ("else", Holds::Schemas, Applies::InPlace),
    ("dependencies", Holds::Named, Applies::InPlace),
    ("dependentSchemas", Holds::Named, Applies::InPlace),
    ("anyOf", Holds::Schemas, Applies::Choice),
    ("oneOf", Holds::Schemas, Applies::Choice),
    ("not", Holds::Schemas, Applies::Test),
    ("if", Holds::Schemas, Applies::Test),
    ("properties", Holds::Named, Applies::ToMember),
    ("patternProperties", Holds::Named, Applies::ToMember),
    ("additionalProperties", Holds::Schemas, Applies::ToMember),
    ("propertyNames", Holds::Schemas, Applies::ToMember),
    ("items", Holds::Schemas, Applies::ToMember),
    ("prefixItems", Holds::Schemas, Applies::ToMember),
    ("additionalItems", Holds::Schemas, Applies::ToMember),
    ("contains", Holds::Schemas, Applies::ToMember),
    ("unevaluatedItems", Holds::Schemas, Applies::ToMember),
    ("unevaluatedProperties", Holds::Schemas, Applies::ToMember),
    ("contentSchema", Holds::Schemas, Applies::Nowhere),
    ("definitions", Holds::Named, Applies::Nowhere),
    ("$defs", Holds::Named, Applies::Nowhere),
];

/// The keywords that assert something of the instance and hold no subschemas.
///
/// `contentEncoding` and `contentMediaType` are not among them: later drafts only annotate with them, and the original never looked.
const ASSERTIONS: [&str; 21] = [
    "type",
    "enum",
    "const",
    "format",
    "pattern",
    "minLength",
    "maxLength",
    "multipleOf",
    "minimum",
    "exclusiveMinimum",
    "maximum",
    "exclusiveMaximum",
    "required",
    "dependentRequired",
    "minProperties",
    "maxProperties",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minContains",
    "maxContains",
];

/// The keywords that name another schema to be applied in place.
pub(super) const REFERENCES: [&str; 3] = ["$ref", "$dynamicRef", "$recursiveRef"];

/// How `keyword` holds subschemas and what they apply to, if it does.
pub(super) fn holder(keyword: &str) -> Option<(Holds, Applies)> {
    HOLDERS
        .iter()
        .find(|(name, _, _)| *name == keyword)
        .map(|(_, holds, applies)| (*holds, *applies))
}

/// Whether `keyword` asserts something by itself.
pub(super) fn asserts(keyword: &str) -> bool {
    ASSERTIONS.contains(&keyword)
}
