//! Owns the bounds within which schemas and documents from strangers are handled.
//! Does not know how any of them is enforced.

/// Bounds on what a stranger's schema or document may cost.
///
/// The defaults keep every call well under a second on one core of an ordinary machine (release build).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a schema's text.
    pub schema_bytes: usize,
    /// Bytes of a document's text; the HTTP layer's body limit is usually lower.
    pub document_bytes: usize,
    /// Nested arrays and objects, in schemas and in documents alike.
    /// Above 127 it has no effect: that is what `serde_json` itself parses.
    pub depth: usize,
    /// Characters of one number, as written.
    pub number_length: usize,
    /// Units of work for one validation; a unit is one question a keyword asks of an instance, about 25 ns.
    pub evaluations: u64,
    /// Subschemas that may apply to one and the same instance, through `allOf`, `anyOf`, `$ref` and their like, counted with repetition.
    pub in_place: u64,
    /// Length of the longest chain of subschemas that apply to one and the same instance.
    pub in_place_depth: u64,
    /// Characters a `pattern` matches, with its repetitions written out: `a{3}` has three.
    pub pattern_width: u64,
    /// The same for all patterns of a schema together.
    pub patterns_width: u64,
    /// Bytes of one compiled `pattern`.
    pub regex_size: usize,
    /// Violations reported for one document; one more then says that there are others.
    pub violations: usize,
    /// Sub-errors reported for one violation of `anyOf` or `oneOf`.
    pub context: usize,
    /// Characters of one message, and of one pointer.
    pub message_length: usize,
    /// Bytes held while violations are gathered.
    pub report_bytes: u64,
    /// Bytes of the errors that may still be made after the count of the work is spent: for each level of the document,
    /// one for each subschema on it. Together with the depth of a document and the length of its names, this bounds
    /// how much one schema may apply to one instance.
    pub unwinding_bytes: u64,
    /// Entries of the cache of compiled schemas.
    pub cached_schemas: u64,
    /// Bytes of all cached schemas together, compiled, as roughly as [`weight`](super::weight) tells them.
    pub cached_bytes: u64,
}

impl Limits {
    /// How many evaluations take a millisecond, roughly.
    pub const EVALUATIONS_PER_MILLISECOND: u64 = 40_000;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            schema_bytes: 256 * 1024,
            document_bytes: 8 * 1024 * 1024,
            depth: 127,
            number_length: 1_000,
            evaluations: 250 * Self::EVALUATIONS_PER_MILLISECOND,
            in_place: 50_000,
            in_place_depth: 48,
            pattern_width: 2_000,
            patterns_width: 10_000,
            regex_size: 256 * 1024,
            violations: 100,
            context: 20,
            message_length: 400,
            report_bytes: 16 * 1024 * 1024,
            unwinding_bytes: 128 * 1024 * 1024,
            cached_schemas: 1_000,
            cached_bytes: 64 * 1024 * 1024,
        }
    }
}
