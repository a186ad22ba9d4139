//! Why a foreign key does not hold: databases say only that one does not.
//!
//! It does not know which statement was refused.

use super::Transaction;
use crate::column::{Key, Value, is_null};
use crate::database::{Database, DatabaseError};
use crate::descriptor::{Descriptor, RelationKind};
use crate::error::{ApiError, Report};
use crate::query::{Condition, Operator};

/// Where to look: a transaction sees what it wrote itself.
pub(super) enum Look<'a> {
    Inside(&'a mut Transaction),
    Outside(&'a Database),
}

impl Look<'_> {
    /// What the refusal of a write of these values says: each reference among them that leads nowhere, where that is what it was for.
    pub(super) async fn written(
        self,
        refusal: Report,
        descriptor: &Descriptor,
        values: &[(usize, Value)],
    ) -> Report {
        if !refusal.is_broken_reference() {
            return refusal;
        }
        let references = values.iter().filter_map(|(index, value)| {
            let column = &descriptor.columns[*index];
            let target = column.references?();
            let led = !is_null(value) && target.key.len() == 1;
            led.then(|| (column.wire, target, Key::new([value.clone()])))
        });
        let looked: Vec<_> = references
            .map(|(wire, target, key)| Looked {
                condition: Condition::is_key(target, &key),
                error: ApiError::reference_to_nothing(wire, target.name, key.to_path()),
                target,
            })
            .collect();
        self.said(refusal, looked, false).await
    }

    /// What the refusal to remove the record with this key says: which of its relations lead to records that refer to it, where that is what it was for.
    pub(super) async fn removed(
        self,
        refusal: Report,
        descriptor: &Descriptor,
        key: &Key,
    ) -> Report {
        if !refusal.is_broken_reference() {
            return refusal;
        }
        let [key] = key.values() else {
            return refusal;
        };
        let relations = descriptor.relations.iter();
        let looked: Vec<_> = relations
            .filter(|relation| relation.kind != RelationKind::BelongsTo)
            .map(|relation| Looked {
                condition: Condition::of(relation.theirs, Operator::Equal(key.clone())),
                error: ApiError::still_referred_to(relation.wire),
                target: (relation.target)(),
            })
            .collect();
        self.said(refusal, looked, true).await
    }

    /// The errors of those places where a record is, or none is; the refusal itself when that is nowhere so.
    async fn said(mut self, refusal: Report, looked: Vec<Looked>, there: bool) -> Report {
        let mut report = Report::new();
        for place in looked {
            match self.is_there(place.target, place.condition).await {
                Ok(found) if found == there => report.push(place.error),
                Ok(_) => {}
                Err(error) => return error.into(),
            }
        }
        if report.is_empty() { refusal } else { report }
    }

    async fn is_there(
        &mut self,
        target: &'static Descriptor,
        condition: Condition,
    ) -> Result<bool, DatabaseError> {
        match self {
            Self::Inside(tx) => {
                let statement = tx.dialect().select_one(target, &[condition]);
                let found = tx.rows(statement, |rows| Ok(rows.next()?.is_some()));
                found.await
            }
            Self::Outside(database) => {
                let statement = database.dialect().select_one(target, &[condition]);
                let found = database.rows(statement, |rows| Ok(rows.next()?.is_some()));
                found.await
            }
        }
    }
}

/// A place to look at, and what is wrong if it is not as it should be.
struct Looked {
    target: &'static Descriptor,
    condition: Condition,
    error: ApiError,
}
