//! The later phases of a write: `before_commit` around the default write, `after_commit` in a transaction of its own.
//!
//! It does not know which write it is.

use super::super::hooks::Staged;
use super::super::tracked::changed;
use super::super::{Context, Next, Transaction, key, no_row};
use super::stage::{Step, Written, written};
use super::{Endpoint, Outcome};
use crate::column::{ColumnDefault, Value};
use crate::descriptor::{Field, Method};
use crate::error::{ApiError, Report};
use crate::query::Condition;
use crate::sql::Statement;

/// The position of the statement that creates, in a `PUT`.
pub(super) const CREATED: usize = 1;

impl Endpoint {
    pub(super) async fn stored(
        &self,
        cx: &Context,
        tx: &mut Transaction,
        condition: Condition,
    ) -> Result<Option<Vec<Value>>, Report> {
        let select = cx
            .database()
            .dialect()
            .select_one(self.descriptor(), &[condition]);
        Ok(self
            .one(tx, select, &[])
            .await?
            .map(|written| written.values))
    }

    pub(super) async fn create_in(
        &self,
        method: Method,
        cx: &Context,
        tx: &mut Transaction,
        mut staged: Staged,
        fields: &[Field],
    ) -> Result<Step, Report> {
        if let Some(hook) = self.hooks.before_commit(method)
            && let Next::Instead(reply) = hook(cx, tx, &mut staged).await?
        {
            return Ok(Step::Instead(reply));
        }
        let descriptor = self.descriptor();
        let mut values = changed(staged.values, u128::MAX);
        values.retain(|(index, _)| {
            let assigned = matches!(descriptor.default_of(*index), ColumnDefault::Database);
            !assigned || staged.dirty & (1 << *index) != 0
        });
        let insert = self.insert(cx, &values);
        let written = self.one(tx, insert, fields).await?;
        Ok(Step::Wrote(written.map(|written| Written {
            position: CREATED,
            ..written
        })))
    }

    pub(super) async fn change_in(
        &self,
        method: Method,
        cx: &Context,
        tx: &mut Transaction,
        mut staged: Staged,
        key: &Value,
        fields: &[Field],
    ) -> Result<Step, Report> {
        if let Some(hook) = self.hooks.before_commit(method)
            && let Next::Instead(reply) = hook(cx, tx, &mut staged).await?
        {
            return Ok(Step::Instead(reply));
        }
        let condition = key::is(self.descriptor(), key.clone());
        let changes = changed(staged.values, staged.dirty);
        let statement = self.change(cx, &condition, &changes);
        self.last(tx, statement, fields, key).await
    }

    /// The default write, which is the last statement of a transaction: a row that is gone undoes what the hook wrote.
    pub(super) async fn last(
        &self,
        tx: &mut Transaction,
        statement: Statement,
        fields: &[Field],
        key: &Value,
    ) -> Result<Step, Report> {
        match self.one(tx, statement, fields).await? {
            Some(written) => Ok(Step::Wrote(Some(written))),
            None => Err(self.not_found(key)),
        }
    }

    pub(super) fn insert(&self, cx: &Context, values: &[(usize, Value)]) -> Statement {
        cx.database().dialect().insert(self.descriptor(), values)
    }

    /// An update, or a mere look when there is nothing to change.
    pub(super) fn change(
        &self,
        cx: &Context,
        condition: &Condition,
        changes: &[(usize, Value)],
    ) -> Statement {
        let (dialect, conditions) = (cx.database().dialect(), std::slice::from_ref(condition));
        if changes.is_empty() {
            dialect.select_one(self.descriptor(), conditions)
        } else {
            dialect.update(self.descriptor(), conditions, changes)
        }
    }

    /// Runs statements as one unit that commits by itself.
    pub(super) async fn write(
        &self,
        cx: &Context,
        statements: Vec<Statement>,
        fields: &[Field],
    ) -> Result<Option<Written>, Report> {
        let (model, fields) = (self.model, fields.to_vec());
        cx.database()
            .write(statements, move |position, row| {
                written(model, position, row, &fields)
            })
            .await
            .map_err(|error| error.into_report(Some(self.descriptor())))
    }

    /// Runs a statement in a transaction.
    pub(super) async fn one(
        &self,
        tx: &mut Transaction,
        statement: Statement,
        fields: &[Field],
    ) -> Result<Option<Written>, Report> {
        let (model, fields) = (self.model, fields.to_vec());
        tx.one(self.descriptor(), statement, move |row| {
            written(model, 0, row, &fields)
        })
        .await
    }

    /// Runs the `after_commit` hook in a transaction of its own, and says what the whole came to.
    pub(super) async fn finish(
        &self,
        method: Method,
        cx: &Context,
        step: Step,
        created: impl Fn(usize) -> bool,
        key: &Value,
    ) -> Result<Outcome, Report> {
        let written = match step {
            Step::Instead(reply) => return Ok(Outcome::Reply(reply)),
            Step::Wrote(Some(written)) => written,
            Step::Wrote(None) if method == Method::Post => return Err(no_row().into()),
            Step::Wrote(None) => return Err(self.not_found(key)),
        };
        let mut after_commit_failed = false;
        if self.hooks.after_commit(method).is_some() {
            match self.after_commit(method, cx, &written.values).await {
                Ok(Next::Proceed) => {}
                Ok(Next::Instead(reply)) => return Ok(Outcome::Reply(reply)),
                Err(report) => {
                    tracing::error!(resource = self.descriptor().name, %method, %report, "an after_commit hook failed; the write stands");
                    report.log();
                    after_commit_failed = true;
                }
            }
        }
        let (index, _) = self.descriptor().key_column();
        Ok(Outcome::Record {
            json: written.json,
            key: key::text(&written.values[index]),
            created: created(written.position),
            after_commit_failed,
        })
    }

    async fn after_commit(
        &self,
        method: Method,
        cx: &Context,
        values: &[Value],
    ) -> Result<Next, Report> {
        let Some(hook) = self.hooks.after_commit(method) else {
            return Ok(Next::Proceed);
        };
        let (cx, values) = (cx.clone(), values.to_vec());
        // A task of its own: a client that goes away does not take it along, and a panic is a failure like any other.
        let running = tokio::spawn(async move {
            let mut tx = cx.database().transaction().await?;
            let next = hook(&cx, &mut tx, &values).await?;
            tx.commit().await?;
            Ok(next)
        });
        running
            .await
            .unwrap_or_else(|panic| Err(ApiError::internal(panic).into()))
    }

    pub(super) fn not_found(&self, key: &Value) -> Report {
        ApiError::record_not_found(self.descriptor().name, key::text(key)).into()
    }
}
