//! The columns of a body, checked and typed.
//!
//! It does not know what is missing.

use serde_json::value::RawValue;

use super::super::object::Object;
use super::Draft;
use crate::column::{ColumnDefault, LARGEST_GIVEN, Value};
use crate::descriptor::{Descriptor, RelationDescriptor};
use crate::error::ApiError;

/// The most bytes of a text that is a key: it stands in paths and links.
const LONGEST_KEY: usize = 1024;

/// What to do with a key that no column has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// Refuse it: it is probably misspelt.
    Refuse,
    /// Pass it over, as the original server does.
    Ignore,
}

impl Draft {
    /// Reads the columns of a body that clients may write, and keeps everything that is wrong with them: the operation that takes the draft reports it.
    ///
    /// A required column that is missing is not found here: a hook may still give it.
    pub fn read(descriptor: &'static Descriptor, object: &Object<'_>, unknown: Unknown) -> Self {
        let mut draft = Self::empty(descriptor);
        draft.read_columns(object, |draft, key, _| {
            if unknown == Unknown::Refuse {
                draft.refuse_key(key, |_| false);
            }
        });
        draft
    }

    /// Reads the columns; what stands under any other key is for `other`.
    pub(super) fn read_columns<'o>(
        &mut self,
        object: &'o Object<'_>,
        mut other: impl FnMut(&mut Self, &'o str, &'o RawValue),
    ) {
        let descriptor = self.descriptor;
        let mut spelling: Vec<Option<&str>> = vec![None; self.values.len()];
        let mut wrong: Vec<Option<ApiError>> = vec![None; self.values.len()];
        for (key, json) in object.fields() {
            let Some(index) = descriptor
                .column_named(key)
                .filter(|index| !descriptor.columns[*index].read_only)
            else {
                other(self, key, json);
                continue;
            };
            let column = &descriptor.columns[index];
            if self.given_from_above == Some(index) {
                let reason = "is given by the record that this one belongs to";
                wrong[index] = Some(ApiError::deserialization(column.wire, "parent", reason));
                continue;
            }
            if spelling[index]
                .replace(key)
                .is_some_and(|other| other != key)
            {
                self.reject(ApiError::given_twice(column.wire));
            }
            // The last of the same key wins, as everywhere.
            match taken(descriptor, index, json) {
                Ok(value) => {
                    self.values[index] = Some(value);
                    wrong[index] = None;
                }
                Err(error) => wrong[index] = Some(error),
            }
        }
        self.wrong.extend(wrong.into_iter().flatten());
    }

    /// Reports a key that nothing has; the relations are those that it could have been.
    pub(super) fn refuse_key(&mut self, key: &str, is_allowed: fn(&RelationDescriptor) -> bool) {
        let descriptor = self.descriptor;
        let above = self.given_from_above;
        self.wrong.push_with(|| {
            let columns = descriptor.columns.iter().enumerate();
            let columns = columns
                .filter(|(index, column)| !column.read_only && above != Some(*index))
                .map(|(_, column)| column.wire);
            let related = descriptor.relations.iter();
            let related = related
                .filter(|relation| is_allowed(relation))
                .map(|relation| relation.wire);
            let allowed: Vec<_> = columns.chain(related).collect();
            let key: String = key.chars().take(100).collect();
            ApiError::deserialization(
                &key,
                "unknown_field",
                format!("there is no such field; allowed: {}", allowed.join(", ")),
            )
        });
    }
}

/// The value of a column, when it may be given by a client.
fn taken(descriptor: &Descriptor, index: usize, json: &RawValue) -> Result<Value, ApiError> {
    let column = &descriptor.columns[index];
    let value = column
        .parse(json)
        .map_err(|error| ApiError::deserialization(column.wire, error.code, error.detail))?;
    is_fit(descriptor, index, &value).map(|()| value)
}

/// Whether a client may give this value to a key, within what its column asks for.
pub(in crate::transaction) fn is_fit(
    descriptor: &Descriptor,
    index: usize,
    value: &Value,
) -> Result<(), ApiError> {
    let column = &descriptor.columns[index];
    match value {
        // Nor could any path name it: what it is called there is another path.
        Value::String(Some(text))
            if descriptor.key.contains(&index)
                && (["", ".", ".."].contains(&text.as_str()) || text.len() > LONGEST_KEY) =>
        {
            let reason =
                "must not be empty, `.`, `..` or longer than 1024 bytes: no path could name it";
            Err(ApiError::deserialization(column.wire, "key", reason))
        }
        // The database counts on from the largest: after the very last number there would be none.
        Value::BigInt(Some(number))
            if *number > LARGEST_GIVEN
                && matches!(descriptor.default_of(index), ColumnDefault::Database) =>
        {
            let reason = format!("must be at most {LARGEST_GIVEN}");
            Err(ApiError::deserialization(column.wire, "maximum", reason))
        }
        _ => Ok(()),
    }
}
