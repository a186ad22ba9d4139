//! A record in the making: what a client gave, checked and typed, before anything is looked up or written.
//!
//! It does not know which request it is from.

use std::marker::PhantomData;

use crate::column::{Column, ColumnDefault, DecodeError, Value};
use crate::descriptor::Descriptor;
use crate::error::{ApiError, Report};

use super::object::Object;

/// What to do with a key that no column has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// Refuse it: it is probably misspelt.
    Refuse,
    /// Pass it over, as the original server does.
    Ignore,
}

/// The largest key that a client may give where the database assigns keys: the largest integer that every JSON reader
/// keeps exact (RFC 8259, section 6).
const LARGEST_GIVEN: i64 = (1 << 53) - 1;

/// The values of some columns of a resource.
#[derive(Clone, Debug)]
pub struct Draft {
    pub(super) descriptor: &'static Descriptor,
    /// One place a column; none where nothing was given.
    pub(super) values: Vec<Option<Value>>,
    /// What is wrong with what was given.
    pub(super) wrong: Report,
}

impl Draft {
    /// A draft with nothing in it.
    pub fn empty(descriptor: &'static Descriptor) -> Self {
        Self {
            descriptor,
            values: vec![None; descriptor.columns.len()],
            wrong: Report::new(),
        }
    }

    /// Reads the columns of a body that clients may write, and keeps everything that is wrong with them: the operation that takes the draft reports it.
    ///
    /// A required column that is missing is not found here: a hook may still give it.
    pub fn read(descriptor: &'static Descriptor, object: &Object<'_>, unknown: Unknown) -> Self {
        let mut draft = Self::empty(descriptor);
        let mut spelling: Vec<Option<&str>> = vec![None; draft.values.len()];
        let mut wrong: Vec<Option<ApiError>> = vec![None; draft.values.len()];
        for (key, json) in object.fields() {
            let Some(index) = descriptor
                .column_named(key)
                .filter(|index| !descriptor.columns[*index].read_only)
            else {
                if unknown == Unknown::Refuse {
                    draft.wrong.push_with(|| unknown_key(descriptor, key));
                }
                continue;
            };
            let column = &descriptor.columns[index];
            if spelling[index]
                .replace(key)
                .is_some_and(|other| other != key)
            {
                draft.reject(ApiError::deserialization(
                    column.wire,
                    "duplicate",
                    "given in two spellings",
                ));
            }
            // The last of the same key wins, as everywhere.
            match column.parse(json) {
                // Nor could any path name it: what it is called there is another path.
                Ok(Value::String(Some(text)))
                    if descriptor.key.contains(&index)
                        && ["", ".", ".."].contains(&text.as_str()) =>
                {
                    let reason = "must not be empty, `.` or `..`: no path could name it";
                    wrong[index] = Some(ApiError::deserialization(column.wire, "key", reason));
                }
                // The database counts on from the largest: after the very last number there would be none.
                Ok(Value::BigInt(Some(number)))
                    if number > LARGEST_GIVEN
                        && matches!(descriptor.default_of(index), ColumnDefault::Database) =>
                {
                    let reason = format!("must be at most {LARGEST_GIVEN}");
                    wrong[index] = Some(ApiError::deserialization(column.wire, "maximum", reason));
                }
                Ok(value) => {
                    draft.values[index] = Some(value);
                    wrong[index] = None;
                }
                Err(error) => {
                    wrong[index] = Some(ApiError::deserialization(
                        column.wire,
                        error.code,
                        error.detail,
                    ));
                }
            }
        }
        draft.wrong.extend(wrong.into_iter().flatten());
        draft
    }

    /// Adds something that is wrong with what was given: it is told together with the rest.
    pub fn reject(&mut self, error: ApiError) {
        self.wrong.push(error);
    }

    /// What is missing of a new record: each column that was not given, may not be null and has no default.
    pub(super) fn missing(&self) -> Report {
        let columns = self.descriptor.columns.iter().enumerate();
        columns
            .filter(|(index, column)| {
                self.values[*index].is_none()
                    && !column.nullable
                    && matches!(self.descriptor.default_of(*index), ColumnDefault::None)
            })
            .map(|(_, column)| {
                if column.read_only {
                    let reason = format!(
                        "the read-only column {} has no default and no hook gave it",
                        column.name
                    );
                    ApiError::internal(std::io::Error::other(reason))
                } else {
                    ApiError::deserialization(column.wire, "required", "is required")
                }
            })
            .collect()
    }

    /// Gives the columns that were not given their default, or null; a key that the database assigns stays open.
    pub(super) fn complete(&mut self) {
        for (index, value) in self.values.iter_mut().enumerate() {
            if value.is_none() {
                *value = match self.descriptor.default_of(index) {
                    ColumnDefault::Value(default) => Some(default()),
                    ColumnDefault::None => Some(self.descriptor.columns[index].kind.null()),
                    ColumnDefault::Database => None,
                };
            }
        }
    }

    /// The read-only columns that have a value: before defaults are given, only a hook can have given them one.
    pub(super) fn read_only(&self) -> Vec<(usize, Value)> {
        let mut values = self.given();
        values.retain(|(index, _)| self.descriptor.columns[*index].read_only);
        values
    }

    /// The columns that have a value.
    pub(super) fn given(&self) -> Vec<(usize, Value)> {
        let values = self.values.iter().enumerate();
        values
            .filter_map(|(index, value)| Some((index, value.clone()?)))
            .collect()
    }
}

fn unknown_key(descriptor: &Descriptor, key: &str) -> ApiError {
    let allowed: Vec<_> = descriptor
        .columns
        .iter()
        .filter(|column| !column.read_only)
        .map(|column| column.wire)
        .collect();
    let key: String = key.chars().take(100).collect();
    ApiError::deserialization(
        &key,
        "unknown_field",
        format!("there is no such field; allowed: {}", allowed.join(", ")),
    )
}

/// The values of a record as they are stored: a key that the database assigns is left to it while it is zero.
pub(super) fn stored_values(descriptor: &Descriptor, values: Vec<Value>) -> Vec<(usize, Value)> {
    values
        .into_iter()
        .enumerate()
        .filter(|(index, value)| {
            !(matches!(descriptor.default_of(*index), ColumnDefault::Database)
                && *value == Value::BigInt(Some(0)))
        })
        .collect()
}

/// The input of a `POST`, `PUT` or `PATCH`, for `process_input` hooks: names are settled, types are checked.
#[derive(Clone, Debug)]
pub struct Input<M> {
    draft: Draft,
    of: PhantomData<fn() -> M>,
}

impl<M> Input<M> {
    /// The input that a draft holds; the draft must be of the resource `M`.
    pub fn new(draft: Draft) -> Self {
        Self {
            draft,
            of: PhantomData,
        }
    }

    /// The draft, with what was changed in it.
    pub fn into_draft(self) -> Draft {
        self.draft
    }

    /// The value that was given for a column; none where nothing was (absent is not null).
    ///
    /// # Errors
    /// [`DecodeError`] when a bound of the type itself is broken, which parsing has ruled out.
    pub fn get<T>(&self, column: Column<M, T>) -> Result<Option<T>, DecodeError> {
        self.draft.values[column.index()]
            .as_ref()
            .map(|value| column.decode(value))
            .transpose()
    }

    /// Whether a value was given for a column.
    pub fn has<T>(&self, column: Column<M, T>) -> bool {
        self.draft.values[column.index()].is_some()
    }

    /// Gives a column a value, in place of the client's.
    pub fn set<T>(&mut self, column: Column<M, T>, value: impl Into<T>) {
        self.draft.values[column.index()] = Some(column.to_value(&value.into()));
    }

    /// Adds something that is wrong with the input: it is told together with the rest.
    pub fn reject(&mut self, error: ApiError) {
        self.draft.reject(error);
    }

    /// Takes a column's value away, as if the client had given none.
    pub fn unset<T>(&mut self, column: Column<M, T>) {
        self.draft.values[column.index()] = None;
    }
}
