//! Entity tags, and what a request asks of them before anything is done, as values (RFC 9110, sections 8.8.3 and 13.1).
//!
//! It does not know in which headers they came.

use std::fmt;

use xxhash_rust::xxh3::xxh3_128;

use crate::column::{Cell, DecodeError, EncodeError, Kind, Row, Value, write_cell};
use crate::descriptor::{Descriptor, Field};
use crate::query::{Condition, Operator};

/// The most tags of one precondition: each is a value of a statement, and databases bound those.
const MOST_TAGS: usize = 100;

/// What stands between the row's part of a tag and the body's.
const BETWEEN: char = '.';

/// An entity tag: of one stored row, and of the related records that are shown with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntityTag {
    opaque: String,
    /// Whether it only says that two representations mean the same.
    weak: bool,
}

impl EntityTag {
    /// The tag of a stored row, whatever of it is shown: its version, or else a hash of all of it that may go out.
    pub(super) fn of_row(descriptor: &Descriptor, row: &Row<'_>) -> Result<Self, EncodeError> {
        let opaque = match descriptor.version() {
            Some(index) => match row.cell(index)? {
                Cell::Integer(version) => return Ok(Self::of_version(version)),
                other => {
                    return Err(DecodeError::form("a version", &other)
                        .in_column(index)
                        .into());
                }
            },
            None => hashed(descriptor, row)?,
        };
        Ok(Self {
            opaque,
            weak: false,
        })
    }

    /// The tag of a row whose changes are counted by a `version` column.
    pub fn of_version(version: i64) -> Self {
        Self {
            opaque: version.to_string(),
            weak: false,
        }
    }

    /// The tag of bytes that are shown as they are.
    pub(crate) fn of_bytes(bytes: &[u8]) -> Self {
        Self {
            opaque: hexadecimal(xxh3_128(bytes)),
            weak: false,
        }
    }

    /// The tag of a body that holds more than the row: what stands before the dot is still the row's.
    #[must_use]
    pub(super) fn with_body(mut self, body: &[u8]) -> Self {
        self.opaque.push(BETWEEN);
        self.opaque.push_str(&hexadecimal(xxh3_128(body)));
        self
    }

    fn row(&self) -> &str {
        match self.opaque.split_once(BETWEEN) {
            Some((row, _)) => row,
            None => &self.opaque,
        }
    }

    /// The version that it names, in the one spelling that is given out.
    fn version(&self) -> Option<Value> {
        let version = self.row().parse::<i64>().ok()?;
        (version.to_string() == self.row()).then_some(Value::BigInt(Some(version)))
    }
}

impl EntityTag {
    /// As the header has it.
    pub(crate) fn text(&self) -> String {
        let weak = if self.weak { "W/" } else { "" };
        [weak, "\"", self.opaque.as_str(), "\""].concat()
    }
}

impl fmt::Display for EntityTag {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text())
    }
}

/// A hash of the columns that some method shows, each as the database has it, with its length before it.
///
/// Of what nobody is shown it must tell nothing: a short secret could be found by trying all.
fn hashed(descriptor: &Descriptor, row: &Row<'_>) -> Result<String, EncodeError> {
    let mut written = Vec::with_capacity(256);
    for (index, column) in descriptor.columns.iter().enumerate() {
        if descriptor.fields.show(Field::Column(index)) {
            let start = written.len();
            written.extend_from_slice(&[0; LENGTH]);
            write_stored(column.kind, row.cell(index)?, &mut written)?;
            let length = (written.len() - start - LENGTH) as u64;
            written[start..start + LENGTH].copy_from_slice(&length.to_le_bytes());
        }
    }
    Ok(hexadecimal(xxh3_128(&written)))
}

/// How many bytes the length of a column takes.
const LENGTH: usize = size_of::<u64>();

/// Appends a cell as the database has it: what is one value there is written in one way.
fn write_stored(kind: Kind, cell: Cell<'_>, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    match cell {
        Cell::Null => out.push(0),
        Cell::Boolean(boolean) => out.push(1 + u8::from(boolean)),
        Cell::Integer(number) => {
            out.push(b'i');
            out.extend_from_slice(&number.to_le_bytes());
        }
        Cell::Double(number) => {
            out.push(b'd');
            out.extend_from_slice(&number.to_le_bytes());
        }
        Cell::Text(text) => {
            out.push(b'"');
            out.extend_from_slice(text.as_bytes());
        }
        Cell::Bytes(bytes) => {
            out.push(b'"');
            out.extend_from_slice(bytes);
        }
        Cell::Uuid(uuid) => out.extend_from_slice(uuid.as_bytes()),
        Cell::Timestamp(moment) => {
            out.extend_from_slice(&moment.timestamp_micros().to_le_bytes());
        }
        Cell::Decimal(_) | Cell::Date(_) | Cell::Time(_) | Cell::DateTime(_) => {
            write_cell(kind, cell, out)?;
        }
    }
    Ok(())
}

pub(super) fn hexadecimal(hash: u128) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut digits = String::with_capacity(2 * size_of::<u128>());
    for byte in hash.to_be_bytes() {
        digits.push(char::from(DIGITS[usize::from(byte >> 4)]));
        digits.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    digits
}

/// What one of the two headers says of the record's tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// `*`: that there is a record.
    Any,
    /// That its tag is one of these.
    OneOf(Vec<EntityTag>),
}

/// A list of entity tags that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be `*`, or a list of at most {MOST_TAGS} entity tags such as `\"7\"`")]
pub struct Malformed;

impl Expected {
    /// Reads `*` or a list of entity tags; empty elements of the list are passed over (RFC 9110, section 5.6.1.2).
    ///
    /// # Errors
    /// [`Malformed`] when it is neither, has no tag or too many.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let mut rest = text.trim_matches(WHITESPACE);
        if rest == "*" {
            return Ok(Self::Any);
        }
        let mut tags = Vec::new();
        while !rest.is_empty() {
            if !rest.starts_with(',') {
                let (tag, after) = first_tag(rest).ok_or(Malformed)?;
                tags.push(tag);
                rest = after.trim_start_matches(WHITESPACE);
            }
            rest = match rest.strip_prefix(',') {
                Some(after) => after.trim_start_matches(WHITESPACE),
                None if rest.is_empty() => rest,
                None => return Err(Malformed),
            };
        }
        if tags.is_empty() || tags.len() > MOST_TAGS {
            return Err(Malformed);
        }
        Ok(Self::OneOf(tags))
    }

    /// The versions among its tags for which `accepts` says so.
    fn versions(tags: &[EntityTag], accepts: impl Fn(&EntityTag) -> bool) -> Operator {
        let tags = tags.iter().filter(|tag| accepts(tag));
        Operator::In(tags.filter_map(EntityTag::version).collect())
    }
}

const WHITESPACE: [char; 2] = [' ', '\t'];

/// A tag, and what comes after it.
fn first_tag(text: &str) -> Option<(EntityTag, &str)> {
    let (weak, text) = match text.strip_prefix("W/") {
        Some(text) => (true, text),
        None => (false, text),
    };
    let (opaque, rest) = text.strip_prefix('"')?.split_once('"')?;
    let allowed = |character: char| character > ' ' && character != '\u{7f}';
    opaque.chars().all(allowed).then(|| {
        let opaque = opaque.to_owned();
        (EntityTag { opaque, weak }, rest)
    })
}

/// What must hold of a record before anything is done with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preconditions {
    /// `If-Match`: weak tags never do.
    pub matching: Option<Expected>,
    /// `If-None-Match`: weak tags do as strong ones.
    pub not_matching: Option<Expected>,
}

/// What becomes of a read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is answered.
    Proceed,
    /// The client has it already.
    NotModified,
    /// It is not what the client asks for.
    Failed,
}

impl Preconditions {
    /// Whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        self.matching.is_none() && self.not_matching.is_none()
    }

    /// Whether the record's own tag must be known.
    pub(super) fn name_tags(&self) -> bool {
        let expected = [&self.matching, &self.not_matching];
        let mut expected = expected.into_iter().flatten();
        expected.any(|expected| matches!(expected, Expected::OneOf(_)))
    }

    /// Whether they let a write go on, over a record with this tag or over none.
    pub fn hold(&self, stored: Option<&EntityTag>) -> bool {
        let same_row = |tag: &EntityTag| stored.is_some_and(|stored| tag.row() == stored.row());
        let matching = match &self.matching {
            None => true,
            Some(Expected::Any) => stored.is_some(),
            Some(Expected::OneOf(tags)) => tags.iter().any(|tag| !tag.weak && same_row(tag)),
        };
        let other = match &self.not_matching {
            None => true,
            Some(Expected::Any) => stored.is_none(),
            Some(Expected::OneOf(tags)) => !tags.iter().any(same_row),
        };
        matching && other
    }

    /// The same as conditions on a record whose versions are counted: for the statement that writes it.
    pub(super) fn of_version(&self, column: Option<usize>) -> Vec<Condition> {
        let mut conditions = Vec::new();
        if let (Some(Expected::OneOf(tags)), Some(column)) = (&self.matching, column) {
            let versions = Expected::versions(tags, |tag| !tag.weak);
            conditions.push(Condition::of(column, versions));
        }
        match (&self.not_matching, column) {
            (Some(Expected::Any), _) => conditions.push(Condition::Any(Vec::new())),
            (Some(Expected::OneOf(tags)), Some(column)) => {
                let versions = Expected::versions(tags, |_| true);
                conditions.push(Condition::Not(Box::new(Condition::of(column, versions))));
            }
            _ => {}
        }
        conditions
    }

    /// What becomes of a read of a record with this tag; `If-Match` is looked at first (RFC 9110, section 13.2.2).
    pub fn of_read(&self, shown: &EntityTag) -> Verdict {
        let matching = Self {
            matching: self.matching.clone(),
            not_matching: None,
        };
        if !matching.hold(Some(shown)) {
            return Verdict::Failed;
        }
        match &self.not_matching {
            Some(Expected::Any) => Verdict::NotModified,
            Some(Expected::OneOf(tags)) if tags.iter().any(|tag| tag.opaque == shown.opaque) => {
                Verdict::NotModified
            }
            Some(Expected::OneOf(_)) | None => Verdict::Proceed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ModelResource;
    use crate::column::ValueCells;

    #[derive(ModelResource)]
    struct Pair {
        id: i64,
        one: Option<String>,
        other: Option<String>,
        #[resource(write_only)]
        secret: Option<String>,
    }

    fn tag(opaque: &str) -> EntityTag {
        EntityTag {
            opaque: opaque.to_owned(),
            weak: false,
        }
    }

    fn weak(opaque: &str) -> EntityTag {
        EntityTag {
            weak: true,
            ..tag(opaque)
        }
    }

    fn of_pair(one: Option<&str>, other: Option<&str>, secret: Option<&str>) -> EntityTag {
        let text = |text: Option<&str>| Value::String(text.map(str::to_owned));
        let values = [Value::BigInt(Some(1)), text(one), text(other), text(secret)];
        EntityTag::of_row(Pair::descriptor(), &Row::new(&ValueCells(&values))).unwrap()
    }

    #[test]
    fn a_row_s_tag_changes_with_what_may_go_out_of_it() {
        let first = of_pair(Some("ab"), Some("c"), None);
        assert_eq!(first, of_pair(Some("ab"), Some("c"), Some("secret")));
        assert_ne!(first, of_pair(Some("a"), Some("bc"), None));
        assert_ne!(of_pair(None, Some(""), None), of_pair(Some(""), None, None));
        assert_ne!(of_pair(Some("null"), None, None), of_pair(None, None, None));
        assert_eq!(first.to_string().len(), 34);
    }

    #[test]
    fn lists_of_tags() {
        let list = |tags: &[EntityTag]| Ok(Expected::OneOf(tags.to_vec()));
        for (text, expected) in [
            ("*", Ok(Expected::Any)),
            (" * ", Ok(Expected::Any)),
            (r#""7""#, list(&[tag("7")])),
            (r#""""#, list(&[tag("")])),
            (r#"W/"7" ,,"a,b", "#, list(&[weak("7"), tag("a,b")])),
            ("", Err(Malformed)),
            (",", Err(Malformed)),
            ("7", Err(Malformed)),
            (r#""7"#, Err(Malformed)),
            (r#""7" "8""#, Err(Malformed)),
            (r#"*, "7""#, Err(Malformed)),
            (r#""7", *"#, Err(Malformed)),
            (r#"w/"7""#, Err(Malformed)),
            (r#""a b""#, Err(Malformed)),
        ] {
            assert_eq!(Expected::parse(text), expected, "{text}");
        }
        assert!(Expected::parse(&r#""7","#.repeat(MOST_TAGS)).is_ok());
        assert!(Expected::parse(&r#""7","#.repeat(MOST_TAGS + 1)).is_err());
    }

    fn preconditions(matching: Option<&str>, not_matching: Option<&str>) -> Preconditions {
        let parse = |text: Option<&str>| text.map(|text| Expected::parse(text).unwrap());
        Preconditions {
            matching: parse(matching),
            not_matching: parse(not_matching),
        }
    }

    #[test]
    fn what_a_write_may_go_on_over() {
        let stored = tag("7");
        let with_related = tag("7").with_body(b"{}");
        for (matching, not_matching, over_it, over_none) in [
            (None, None, true, true),
            (Some("*"), None, true, false),
            (Some(r#""7""#), None, true, false),
            (Some(r#""6", "7""#), None, true, false),
            (Some(r#""7.0123""#), None, true, false),
            (Some(r#"W/"7""#), None, false, false),
            (Some(r#""8""#), None, false, false),
            (None, Some("*"), false, true),
            (None, Some(r#""7""#), false, true),
            (None, Some(r#"W/"7""#), false, true),
            (None, Some(r#""8""#), true, true),
            (Some("*"), Some("*"), false, false),
        ] {
            let asked = preconditions(matching, not_matching);
            assert_eq!(asked.hold(Some(&stored)), over_it, "{asked:?}");
            assert_eq!(asked.hold(Some(&with_related)), over_it, "{asked:?}");
            assert_eq!(asked.hold(None), over_none, "{asked:?}");
        }
    }

    #[test]
    fn what_becomes_of_a_read() {
        let stored = tag("7").with_body(b"{}");
        let shown = stored.to_string();
        for (matching, not_matching, expected) in [
            (None, None, Verdict::Proceed),
            (Some("*"), None, Verdict::Proceed),
            (Some(r#""7""#), None, Verdict::Proceed),
            (Some(r#""8""#), Some("*"), Verdict::Failed),
            (None, Some("*"), Verdict::NotModified),
            (None, Some(shown.as_str()), Verdict::NotModified),
            (None, Some(r#""7""#), Verdict::Proceed),
        ] {
            let asked = preconditions(matching, not_matching);
            assert_eq!(asked.of_read(&stored), expected, "{asked:?}");
        }
    }

    #[test]
    fn only_versions_as_they_are_given_out_are_asked_for() {
        let asked = preconditions(Some(r#""7", "07", "+7", "x", W/"8""#), None);
        assert_eq!(
            asked.of_version(Some(3)),
            [Condition::of(3, Operator::In(vec![Value::BigInt(Some(7))]))]
        );
    }
}
