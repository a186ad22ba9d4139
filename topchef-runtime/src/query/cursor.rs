//! Cursors: the place of a row in an order as an opaque text, and the condition for the rows beside it.
//!
//! It does not know which row that was, nor whether it is still there.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::value::RawValue;
use xxhash_rust::xxh3::xxh3_64;

use super::{Comparison, Condition, Cursor, Operator, Query};
use crate::column::{Cells, Kind, Value, ValueCells, is_null, parse_json, write_cell};
use crate::descriptor::{Descriptor, Sort};

/// What a cursor is bound to: the resource, the order and the conditions of its query.
///
/// Two queries have the same one only when a row's place in one is its place in the other.
pub(super) fn fingerprint(descriptor: &Descriptor, query: &Query) -> u64 {
    let mut told = Told {
        descriptor,
        bytes: Vec::new(),
    };
    told.text(descriptor.path);
    told.text(descriptor.table);
    for sort in &query.order {
        told.column(sort.column);
        told.text(if sort.descending { "desc" } else { "asc" });
    }
    told.conditions("all", &query.conditions);
    xxh3_64(&told.bytes)
}

/// Conditions as bytes, by the names of columns: the same in every program and every release.
struct Told<'a> {
    descriptor: &'a Descriptor,
    bytes: Vec<u8>,
}

impl Told<'_> {
    /// Framed by its length, so that no two lists of texts are the same bytes.
    fn framed(&mut self, bytes: &[u8]) {
        self.bytes.extend((bytes.len() as u64).to_le_bytes());
        self.bytes.extend_from_slice(bytes);
    }

    fn text(&mut self, text: &str) {
        self.framed(text.as_bytes());
    }

    fn column(&mut self, index: usize) {
        self.text(self.descriptor.columns[index].name);
    }

    fn conditions(&mut self, join: &str, conditions: &[Condition]) {
        self.text(join);
        self.bytes.extend((conditions.len() as u64).to_le_bytes());
        for condition in conditions {
            self.condition(condition);
        }
    }

    fn condition(&mut self, condition: &Condition) {
        match condition {
            Condition::Value { column, operator } => {
                self.column(*column);
                self.operator(self.descriptor.columns[*column].kind, operator);
            }
            Condition::Constant {
                column,
                comparison,
                number,
            } => {
                self.column(*column);
                self.text(comparison.name());
                self.bytes.extend(number.to_le_bytes());
            }
            Condition::Columns {
                left,
                comparison,
                right,
            } => {
                self.column(*left);
                self.text(comparison.name());
                self.column(*right);
            }
            Condition::Tuple {
                columns,
                comparison,
                values,
            } => {
                self.text(comparison.name());
                self.bytes.extend((columns.len() as u64).to_le_bytes());
                for (column, value) in columns.iter().zip(values) {
                    self.column(*column);
                    self.value(self.descriptor.columns[*column].kind, value);
                }
            }
            Condition::All(conditions) => self.conditions("all", conditions),
            Condition::Any(conditions) => self.conditions("any", conditions),
            Condition::Not(condition) => self.conditions("not", std::slice::from_ref(condition)),
        }
    }

    fn operator(&mut self, kind: Kind, operator: &Operator) {
        let (name, values) = match operator {
            Operator::Equal(value) => ("eq", std::slice::from_ref(value)),
            Operator::NotEqual(value) => ("ne", std::slice::from_ref(value)),
            Operator::Less(value) => ("lt", std::slice::from_ref(value)),
            Operator::LessOrEqual(value) => ("le", std::slice::from_ref(value)),
            Operator::Greater(value) => ("gt", std::slice::from_ref(value)),
            Operator::GreaterOrEqual(value) => ("ge", std::slice::from_ref(value)),
            Operator::In(values) => ("in", values.as_slice()),
            Operator::Like(pattern) => return self.pattern("like", pattern),
            Operator::LikeIgnoringCase(pattern) => return self.pattern("ilike", pattern),
        };
        self.text(name);
        self.bytes.extend((values.len() as u64).to_le_bytes());
        for value in values {
            self.value(kind, value);
        }
    }

    fn value(&mut self, kind: Kind, value: &Value) {
        self.framed(&json(kind, value).unwrap_or_default());
    }

    fn pattern(&mut self, name: &str, pattern: &str) {
        self.text(name);
        self.text(pattern);
    }
}

/// A value as JSON; none for what has no JSON form.
fn json(kind: Kind, value: &Value) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let values = ValueCells(std::slice::from_ref(value));
    write_cell(kind, values.cell(0).ok()?, &mut out).ok()?;
    Some(out)
}

/// A cursor as a text that may stand in a URL: base64url (RFC 4648, section 5) of a JSON array.
///
/// None when a value has no JSON form.
pub(super) fn written(
    descriptor: &Descriptor,
    order: &[Sort],
    fingerprint: u64,
    cursor: &Cursor,
) -> Option<String> {
    let mut out = format!("[\"{fingerprint:016x}\",{}", cursor.backward).into_bytes();
    for (sort, value) in order.iter().zip(&cursor.values) {
        out.push(b',');
        out.extend(json(descriptor.columns[sort.column].kind, value)?);
    }
    out.push(b']');
    Some(URL_SAFE_NO_PAD.encode(out))
}

/// The cursor that a text is; none when it is none, or one of another order or other conditions.
pub(super) fn read(
    descriptor: &Descriptor,
    order: &[Sort],
    fingerprint: u64,
    text: &str,
) -> Option<Cursor> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let parts: Vec<&RawValue> = serde_json::from_slice(&bytes).ok()?;
    let [bound, backward, values @ ..] = parts.as_slice() else {
        return None;
    };
    if bound.get() != format!("\"{fingerprint:016x}\"") || values.len() != order.len() {
        return None;
    }
    let kinds = order
        .iter()
        .map(|sort| descriptor.columns[sort.column].kind);
    let values = kinds.zip(values).map(|(kind, json)| value(kind, json));
    Some(Cursor {
        values: values.collect::<Option<_>>()?,
        backward: serde_json::from_str(backward.get()).ok()?,
    })
}

/// A value of a row, whatever clients may send for its column.
fn value(kind: Kind, json: &RawValue) -> Option<Value> {
    match kind {
        Kind::Text | Kind::Enum(_) => serde_json::from_str(json.get()).ok().map(Value::String),
        kind => parse_json(kind, json).ok(),
    }
}

/// What holds of the rows after a cursor's row, or before it.
///
/// Every column has a say only where all before it are equal. An index finds the first row by the columns that begin the
/// order in one direction, as one tuple: it is all there is to say, or stands before the rest.
pub(crate) fn beside(descriptor: &Descriptor, order: &[Sort], cursor: &Cursor) -> Condition {
    let sides = order.iter().zip(&cursor.values);
    let sides = sides.map(|(sort, value)| Side {
        column: sort.column,
        nullable: descriptor.columns[sort.column].nullable,
        descending: sort.descending != cursor.backward,
        value,
    });
    let sides: Vec<_> = sides.collect();
    let Some(first) = sides.first() else {
        return Condition::Any(Vec::new());
    };
    let alike = sides
        .iter()
        .take_while(|side| side.has_no_nulls() && side.descending == first.descending);
    let run = &sides[..alike.count()];
    if run.len() > 1 && run.len() == sides.len() {
        return tuple(run, false);
    }
    let mut after = None;
    for side in sides.iter().rev() {
        after = Some(side.or_equal_and(after));
    }
    let after = after.unwrap_or(Condition::Any(Vec::new()));
    let bound = match (run.len(), sides.len()) {
        (_, 1) => None,
        (0 | 1, _) => first.bound(),
        _ => Some(tuple(run, true)),
    };
    match bound {
        Some(bound) => Condition::All(vec![bound, after]),
        None => after,
    }
}

/// After it in columns of one direction that hold no nulls, or equal to it in all of them.
fn tuple(sides: &[Side<'_>], or_equal: bool) -> Condition {
    let descending = sides.iter().any(|side| side.descending);
    Condition::Tuple {
        columns: sides.iter().map(|side| side.column).collect(),
        comparison: match (descending, or_equal) {
            (false, false) => Comparison::Greater,
            (false, true) => Comparison::GreaterOrEqual,
            (true, false) => Comparison::Less,
            (true, true) => Comparison::LessOrEqual,
        },
        values: sides.iter().map(|side| side.value.clone()).collect(),
    }
}

/// One column of the order, and what the cursor's row held there.
struct Side<'a> {
    column: usize,
    nullable: bool,
    descending: bool,
    value: &'a Value,
}

impl Side<'_> {
    fn of(&self, operator: fn(Value) -> Operator) -> Condition {
        Condition::of(self.column, operator(self.value.clone()))
    }

    fn has_no_nulls(&self) -> bool {
        !self.nullable && !is_null(self.value)
    }

    /// After it in this column; or equal to it here, and after it in the columns that follow.
    fn or_equal_and(&self, after: Option<Condition>) -> Condition {
        let mut any: Vec<_> = self.after().into_iter().collect();
        if let Some(after) = after {
            any.push(Condition::All(vec![self.of(Operator::Equal), after]));
        }
        Condition::Any(any)
    }

    /// Nulls come first, and last when the largest do.
    fn after(&self) -> Option<Condition> {
        match (is_null(self.value), self.descending) {
            (true, true) => None,
            (true, false) => Some(self.of(Operator::NotEqual)),
            (false, false) => Some(self.of(Operator::Greater)),
            (false, true) if self.nullable => Some(Condition::Any(vec![
                self.of(Operator::Less),
                Condition::of(self.column, Operator::Equal(self.value.as_null())),
            ])),
            (false, true) => Some(self.of(Operator::Less)),
        }
    }

    /// What holds of this column alone in all rows that are after it; none where that says little to an index.
    fn bound(&self) -> Option<Condition> {
        match (is_null(self.value), self.descending) {
            (true, true) => Some(self.of(Operator::Equal)),
            (false, false) => Some(self.of(Operator::GreaterOrEqual)),
            (false, true) if !self.nullable => Some(self.of(Operator::LessOrEqual)),
            (true, false) | (false, true) => None,
        }
    }
}
