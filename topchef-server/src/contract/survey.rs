//! Owns what is read off a schema's subschemas one by one: the draft, the patterns, and what they make expensive.
//! Does not know how subschemas apply each other.

use jsonschema::Draft;
use serde_json::Value;

use super::excerpt::shortened;
use super::graph::Graph;
use super::limits::Limits;
use super::pattern;
use super::problem::Reason;

/// The drafts, by the URI of their meta-schema without its scheme and empty fragment.
pub(super) const DRAFTS: [(&str, Draft); 5] = [
    ("json-schema.org/draft-04/schema", Draft::Draft4),
    ("json-schema.org/draft-06/schema", Draft::Draft6),
    ("json-schema.org/draft-07/schema", Draft::Draft7),
    ("json-schema.org/draft/2019-09/schema", Draft::Draft201909),
    ("json-schema.org/draft/2020-12/schema", Draft::Draft202012),
];

/// What a check of a `format` costs for each byte, as a pattern of that width would.
const FORMAT_WIDTH: u64 = 4;

/// What the subschemas make expensive; see [`Rates`](super::meter::Rates).
#[derive(Debug, Default)]
pub(super) struct Survey {
    pub(super) string_width: u64,
    pub(super) name_width: u64,
    pub(super) error_bytes: u64,
}

/// The draft that the `$schema` of `value` names; draft 4 without one.
///
/// `http` and `https` are both taken, with and without the final `#`: people write all four.
pub(super) fn draft(value: &Value) -> Result<Draft, Reason> {
    let Some(uri) = value.get("$schema") else {
        return Ok(Draft::Draft4);
    };
    named(uri).ok_or_else(|| unknown(uri, ""))
}

fn named(uri: &Value) -> Option<Draft> {
    let uri = uri.as_str()?;
    let uri = uri.strip_suffix('#').unwrap_or(uri);
    let uri = uri
        .strip_prefix("http://")
        .or_else(|| uri.strip_prefix("https://"))?;
    DRAFTS
        .iter()
        .find(|(name, _)| *name == uri)
        .map(|(_, draft)| *draft)
}

fn unknown(uri: &Value, pointer: &str) -> Reason {
    let text = uri.as_str().map_or_else(|| uri.to_string(), str::to_owned);
    Reason::UnknownDraft {
        pointer: pointer.to_owned(),
        uri: shortened(text, 100),
    }
}

/// Look at every subschema of `graph`; what is wrong with one goes to `reasons`.
pub(super) fn of(graph: &Graph<'_>, limits: &Limits, reasons: &mut Vec<Reason>) -> Survey {
    let mut survey = Survey::default();
    let mut total = 0;
    for node in &graph.nodes {
        let Value::Object(members) = node.value else {
            continue;
        };
        if let Some(uri) = members
            .get("$schema")
            .filter(|uri| named(uri) != Some(graph.draft))
        {
            reasons.push(unknown(uri, &node.pointer));
        }
        if members.contains_key("format") {
            survey.string_width = survey.string_width.max(FORMAT_WIDTH);
        }
        survey.error_bytes = survey.error_bytes.max(error_bytes(node.value));
        let mut checked = |pattern: &str| {
            // Once there is too much of it, nothing more is compiled.
            if total > limits.patterns_width {
                return 0;
            }
            let width = pattern::check(pattern, limits).unwrap_or_else(|why| {
                reasons.push(Reason::Pattern {
                    pointer: node.pointer.clone(),
                    pattern: shortened(pattern, 100),
                    why,
                });
                0
            });
            // An empty pattern costs something too.
            total += width + 4;
            width
        };
        if let Some(pattern) = members.get("pattern").and_then(Value::as_str) {
            survey.string_width = survey.string_width.max(checked(pattern));
        }
        if let Some(patterns) = members.get("patternProperties").and_then(Value::as_object) {
            survey.name_width += patterns.keys().map(|pattern| checked(pattern)).sum::<u64>();
        }
    }
    if total > limits.patterns_width {
        reasons.push(Reason::TooDear(format!(
            "its patterns have more than {} characters with their repetitions written out",
            limits.patterns_width
        )));
    }
    survey
}

/// Bytes of the largest piece of a subschema that an error about it copies.
fn error_bytes(schema: &Value) -> u64 {
    let text = |keyword: &str| {
        schema
            .get(keyword)
            .and_then(Value::as_str)
            .map_or(0, str::len)
    };
    let names = |keyword: &str| {
        schema
            .get(keyword)
            .and_then(Value::as_array)
            .map_or(0, |names| {
                names
                    .iter()
                    .filter_map(Value::as_str)
                    .map(str::len)
                    .max()
                    .unwrap_or(0)
            })
    };
    let keys = |keyword: &str| {
        schema
            .get(keyword)
            .and_then(Value::as_object)
            .map_or(0, |named| named.keys().map(String::len).max().unwrap_or(0))
    };
    let largest = [
        text("pattern"),
        text("format"),
        names("required"),
        keys("properties"),
        keys("patternProperties"),
        keys("dependencies"),
        keys("dependentSchemas"),
    ];
    largest.into_iter().max().unwrap_or(0) as u64
}
