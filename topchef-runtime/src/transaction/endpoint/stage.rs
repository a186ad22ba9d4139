//! What a write has in its hands between the phases: the record as it is to be, the row as it was written.
//!
//! It does not know when a phase comes.

use super::super::draft::Draft;
use super::super::hooks::Staged;
use super::super::precondition::EntityTag;
use super::super::reply::Reply;
use super::super::tracked::key_of;
use crate::column::{Key, ReadOnce, Row, Value};
use crate::database::DatabaseError;
use crate::descriptor::Selection;
use crate::resource::{Model, Sheet, owned_key, owned_values};

/// A row that was written, as far as later steps need it.
pub(super) struct Written {
    pub(super) sheet: Sheet,
    pub(super) key: Key,
    /// All columns; none where nothing that follows asks for them.
    pub(super) values: Vec<Value>,
    /// The row's own.
    pub(super) tag: EntityTag,
    /// Which of the statements gave it.
    pub(super) position: usize,
    /// The token of the message that was stored with it, where a durable hook follows.
    pub(super) message: Option<i64>,
}

/// A hook's answer, or the row that the default write gave; none when there was nothing to write.
pub(super) enum Step {
    Instead(Reply),
    Wrote(Option<Written>),
}

/// A new record with all that is known of it, every column of it a change.
pub(super) fn staged(draft: Draft) -> Staged {
    let mut dirty = 0;
    let values = draft
        .values
        .into_iter()
        .enumerate()
        .map(|(index, value)| {
            if value.is_some() {
                dirty |= 1 << index;
            }
            // Only a key that the database assigns is still open; zero stands for it until then.
            value.unwrap_or(Value::BigInt(Some(0)))
        })
        .collect();
    Staged {
        values,
        prior: None,
        dirty,
    }
}

/// A stored record with changes over it.
pub(super) fn overlaid(prior: Vec<Value>, changes: Vec<(usize, Value)>) -> Staged {
    let mut values = prior.clone();
    let mut dirty = 0;
    for (index, value) in changes {
        dirty |= 1 << index;
        values[index] = value;
    }
    Staged {
        values,
        prior: Some(prior),
        dirty,
    }
}

/// Whether something follows a write that asks for all that it wrote.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Follows {
    Something,
    Nothing,
}

pub(super) fn written(
    model: Model,
    position: usize,
    row: &Row<'_>,
    selection: &Selection,
    follows: Follows,
) -> Result<Written, DatabaseError> {
    let cells = ReadOnce::new(row, model.descriptor.columns.len());
    let row = Row::new(&cells);
    let mut sheet = Sheet::of(1);
    (model.represent)(&row, selection, &mut sheet)?;
    let (key, values) = match follows {
        Follows::Something => {
            let values = owned_values(model.descriptor, &row)?;
            (key_of(&values, model.descriptor), values)
        }
        Follows::Nothing => (owned_key(model.descriptor, &row)?, Vec::new()),
    };
    Ok(Written {
        sheet,
        key,
        values,
        tag: EntityTag::of_row(model.descriptor, &row)?,
        position,
        message: None,
    })
}
