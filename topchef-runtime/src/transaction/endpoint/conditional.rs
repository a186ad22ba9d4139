//! What a request asks of the stored record, decided where the record is written.
//!
//! It does not know what is written.

use super::super::precondition::EntityTag;
use super::super::tracked::is_version;
use super::super::{Context, Transaction};
use super::Endpoint;
use super::phases::CREATED;
use super::stage::{Step, Written};
use crate::column::{Cell, DecodeError, Key, Row, Value, own};
use crate::descriptor::{Descriptor, Method, Selection};
use crate::error::{ApiError, Report};
use crate::query::{Condition, Operator};
use crate::resource::owned_values;
use crate::sql::Statement;

/// A row as it was before a transaction changes it; nobody else does until its end.
pub(super) struct Prior {
    pub(super) values: Vec<Value>,
    tag: EntityTag,
    /// That the row is still what was read.
    unchanged: Vec<Condition>,
}

/// What it means that a statement gave a row.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// It wrote it.
    Wrote,
    /// It made it.
    Created,
    /// There is such a row, but it is not the one that is asked for.
    Refused,
}

impl Endpoint {
    /// Whether a write takes more than statements that the database runs by itself: a hook takes part, its key is stored
    /// with it, or only a look at the whole row tells whether it is the one that is asked for.
    pub(super) fn holds_transaction(&self, method: Method, cx: &Context) -> bool {
        self.hooks.before_commit(method).is_some()
            || cx.once().is_some()
            || (cx.preconditions().name_tags() && self.descriptor().version().is_none())
    }

    /// Opens the transaction of a request, which stores the request's idempotency key too.
    pub(super) async fn begin(&self, cx: &Context) -> Result<Transaction, Report> {
        let mut tx = cx.database().request_transaction().await?;
        tx.held_for(self.descriptor());
        if let Some(once) = cx.once() {
            once.claim(&mut tx).await?;
        }
        Ok(tx)
    }

    /// The row that a transaction is to change.
    pub(super) async fn prior(
        &self,
        tx: &mut Transaction,
        conditions: &[Condition],
    ) -> Result<Option<Prior>, Report> {
        let descriptor = self.descriptor();
        let dialect = tx.dialect();
        let select = dialect.select_to_change(descriptor, conditions);
        tx.one(descriptor, select, move |row| {
            let values = owned_values(descriptor, row)?;
            let unchanged = match is_version(&values, descriptor) {
                Some(condition) => vec![condition],
                None => unchanged(descriptor, row)?,
            };
            Ok(Prior {
                tag: EntityTag::of_row(descriptor, row)?,
                values,
                unchanged,
            })
        })
        .await
    }

    /// The conditions of the statement that changes a row which was found to be the one that is asked for.
    ///
    /// A hook may have changed the row itself, in the same transaction: after one, that the row is held must be enough.
    pub(super) fn guarded(
        &self,
        method: Method,
        cx: &Context,
        conditions: &[Condition],
        prior: &Prior,
    ) -> Vec<Condition> {
        let mut conditions = conditions.to_vec();
        if cx.preconditions().name_tags() && self.hooks.before_commit(method).is_none() {
            conditions.extend(prior.unchanged.iter().cloned());
        }
        conditions
    }

    /// Commits what a step came to; a row that was gone when it was to be written undoes everything.
    pub(super) async fn commit(
        &self,
        cx: &Context,
        mut tx: Transaction,
        step: Step,
        key: &Key,
    ) -> Result<Step, Report> {
        match (&step, cx.once()) {
            (Step::Wrote(None), _) if cx.preconditions().is_empty() => {
                return Err(self.not_found(key));
            }
            (Step::Wrote(None), _) => return Err(ApiError::precondition_failed().into()),
            (Step::Instead(reply), Some(once)) => once.replied(&mut tx, reply).await?,
            (Step::Wrote(Some(written)), Some(once)) => {
                once.wrote(&mut tx, &written.key.to_path()).await?;
            }
            (Step::Instead(_) | Step::Wrote(Some(_)), _) => {}
        }
        tx.commit().await?;
        Ok(step)
    }

    /// The statements of a write that the database runs by itself: the change where the preconditions hold, a look for
    /// the row where they do not, and for a `PUT` the new row, where there may be one.
    pub(super) fn statements(
        &self,
        cx: &Context,
        conditions: &[Condition],
        change: impl FnOnce(&[Condition]) -> Statement,
        insert: Option<Statement>,
    ) -> Vec<(Meaning, Statement)> {
        let asked = cx.preconditions();
        let descriptor = self.descriptor();
        let mut narrowed = conditions.to_vec();
        narrowed.extend(asked.of_version(descriptor.version()));
        let mut statements = vec![(Meaning::Wrote, change(&narrowed))];
        if !asked.is_empty() {
            let look = cx.database().dialect().select_one(descriptor, conditions);
            statements.push((Meaning::Refused, look));
        }
        if asked.matching.is_none() {
            statements.extend(insert.map(|insert| (Meaning::Created, insert)));
        }
        statements
    }

    /// Runs statements that store these values, or remove a row, as one unit that commits by itself.
    pub(super) async fn write_if(
        &self,
        method: Method,
        cx: &Context,
        statements: Vec<(Meaning, Statement)>,
        values: &[(usize, Value)],
        selection: &Selection,
    ) -> Result<Option<Written>, Report> {
        let (meanings, statements): (Vec<_>, Vec<_>) = statements.into_iter().unzip();
        let refused: Vec<_> = meanings.iter().map(|it| *it == Meaning::Refused).collect();
        let writes = move |position: usize| refused.get(position) != Some(&true);
        let stored = self.store(method, cx, statements, writes, values, selection);
        let Some(written) = stored.await? else {
            return Ok(None);
        };
        match meanings.get(written.position) {
            Some(Meaning::Refused) => Err(ApiError::precondition_failed().into()),
            Some(Meaning::Created) => Ok(Some(Written {
                position: CREATED,
                ..written
            })),
            Some(Meaning::Wrote) | None => Ok(Some(Written {
                position: 0,
                ..written
            })),
        }
    }
}

/// Whether the stored row is the one that the request asks for.
pub(super) fn check(cx: &Context, prior: Option<&Prior>) -> Result<(), ApiError> {
    let stored = prior.map(|prior| &prior.tag);
    if cx.preconditions().hold(stored) {
        Ok(())
    } else {
        Err(ApiError::precondition_failed())
    }
}

/// That every column of a row still holds what it held.
fn unchanged(descriptor: &Descriptor, row: &Row<'_>) -> Result<Vec<Condition>, DecodeError> {
    let columns = descriptor.columns.iter().enumerate();
    columns
        .map(|(index, column)| {
            let value = match row.cell(index)? {
                // In the very form that it is stored in, which need not be the one that it would be stored in today.
                Cell::Text(text) => Value::from(text),
                Cell::Integer(number) => Value::from(number),
                Cell::Double(number) => Value::from(number),
                Cell::Bytes(bytes) => Value::from(bytes),
                other => own(column.kind, other).map_err(|error| error.in_column(index))?,
            };
            Ok(Condition::of(index, Operator::Equal(value)))
        })
        .collect()
}
