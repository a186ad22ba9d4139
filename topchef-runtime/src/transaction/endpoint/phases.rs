//! The later phases of a write: `before_commit` around the default write, `after_commit` in a transaction of its own.
//!
//! It does not know which write it is.

use super::super::hooks::Staged;
use super::super::references::Look;
use super::super::tracked::{changed, with_updates};
use super::super::{Context, Next, Reply, Transaction, no_row};
use super::stage::{Step, Written, written};
use super::{Endpoint, Outcome};
use crate::column::{ColumnDefault, Key, Row, Value};
use crate::descriptor::{Method, Selection};
use crate::error::{ApiError, Report};
use crate::query::Condition;
use crate::sql::Statement;

/// For a row of which nothing goes out.
pub(super) const NOTHING: Selection = Selection { shown: Vec::new() };

/// The position of a statement that creates.
pub(super) const CREATED: usize = 1;

/// What came of an `after_commit` hook.
pub(super) enum Followed {
    Done,
    Replied(Reply),
    Failed,
}

impl Endpoint {
    /// Whether there is a record with this key, whoever may see it.
    pub(super) async fn exists(&self, tx: &mut Transaction, key: &Key) -> Result<bool, Report> {
        let is_key = Condition::is_key(self.descriptor(), key);
        Ok(self.prior(tx, &[is_key]).await?.is_some())
    }

    pub(super) async fn create_in(
        &self,
        method: Method,
        cx: &Context,
        tx: &mut Transaction,
        mut staged: Staged,
        selection: &Selection,
    ) -> Result<Step, Report> {
        if let Some(hook) = self.hooks.before_commit(method)
            && let Next::Instead(reply) = hook(&cx.of_hook(), tx, &mut staged).await?
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
        let written = match self.write_in(cx, tx, insert, selection).await {
            Ok(written) => written,
            Err(refusal) => {
                return Err(Look::Inside(tx).written(refusal, descriptor, &values).await);
            }
        };
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
        conditions: &[Condition],
        selection: &Selection,
    ) -> Result<Step, Report> {
        if let Some(hook) = self.hooks.before_commit(method)
            && let Next::Instead(reply) = hook(&cx.of_hook(), tx, &mut staged).await?
        {
            return Ok(Step::Instead(reply));
        }
        let changes = changed(staged.values, staged.dirty);
        let statement = self.change(cx, conditions, &changes);
        match self.write_in(cx, tx, statement, selection).await {
            Ok(written) => Ok(Step::Wrote(written)),
            Err(refusal) => {
                let look = Look::Inside(tx);
                Err(look.written(refusal, self.descriptor(), &changes).await)
            }
        }
    }

    pub(super) fn insert(&self, cx: &Context, values: &[(usize, Value)]) -> Statement {
        cx.database().dialect().insert(self.descriptor(), values)
    }

    /// An update, or a mere look when there is nothing to change.
    pub(super) fn change(
        &self,
        cx: &Context,
        conditions: &[Condition],
        changes: &[(usize, Value)],
    ) -> Statement {
        let (dialect, descriptor) = (cx.database().dialect(), self.descriptor());
        let changes = with_updates(descriptor, changes.to_vec());
        if changes.is_empty() {
            dialect.select_one(descriptor, conditions)
        } else {
            dialect.update(descriptor, conditions, &changes)
        }
    }

    /// Runs statements as one unit that commits by itself; a row that is not permitted undoes all of it.
    pub(super) async fn write(
        &self,
        cx: &Context,
        statements: Vec<Statement>,
        selection: &Selection,
    ) -> Result<Option<Written>, Report> {
        let permit = self.permit(cx)?;
        // What code of the resource makes of the row can fail: then nothing of it may stand.
        let is_plain = permit.rows.is_empty() && !selection.shows_computed();
        let (model, selection, database) = (self.model, selection.clone(), cx.database());
        let row = move |position, row: &Row<'_>| written(model, position, row, &selection);
        let written = if is_plain {
            database.write(statements, row).await
        } else {
            let checked = move |position, found: &Row<'_>| {
                Ok((permit.checked(row(position, found)?)?, Vec::new()))
            };
            database.write_with(statements, checked).await
        };
        written.map_err(|error| error.into_report(Some(self.descriptor())))
    }

    /// As [`write`](Self::write), of statements that store these values.
    pub(super) async fn store(
        &self,
        cx: &Context,
        statements: Vec<Statement>,
        values: &[(usize, Value)],
        selection: &Selection,
    ) -> Result<Option<Written>, Report> {
        match self.write(cx, statements, selection).await {
            Ok(written) => Ok(written),
            Err(refusal) => {
                let look = Look::Outside(cx.database());
                Err(look.written(refusal, self.descriptor(), values).await)
            }
        }
    }

    /// Runs a statement that writes in a transaction; a row that is not permitted is an error, which must not be committed.
    pub(super) async fn write_in(
        &self,
        cx: &Context,
        tx: &mut Transaction,
        statement: Statement,
        selection: &Selection,
    ) -> Result<Option<Written>, Report> {
        let (model, selection, permit) = (self.model, selection.clone(), self.permit(cx)?);
        tx.one(self.descriptor(), statement, move |row| {
            permit.checked(written(model, 0, row, &selection)?)
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
        key: &Key,
        selection: &Selection,
    ) -> Result<Outcome, Report> {
        let written = match step {
            Step::Instead(reply) => return self.replied(method, cx, reply).await,
            Step::Wrote(Some(written)) => written,
            Step::Wrote(None) if method == Method::Post => return Err(no_row().into()),
            Step::Wrote(None) => return Err(self.not_found(key)),
        };
        let after_commit_failed = match self.follow(method, cx, &written.values).await {
            Followed::Done => false,
            Followed::Replied(reply) => return self.replied(method, cx, reply).await,
            Followed::Failed => true,
        };
        let created = created(written.position);
        self.shown(cx, written, created, after_commit_failed, selection)
            .await
    }

    /// Runs the `after_commit` hook on a row that was committed: that it failed is logged, and undoes nothing.
    pub(super) async fn follow(&self, method: Method, cx: &Context, values: &[Value]) -> Followed {
        if self.hooks.after_commit(method).is_none() {
            return Followed::Done;
        }
        match self.after_commit(method, cx, values).await {
            Ok(Next::Proceed) => Followed::Done,
            Ok(Next::Instead(reply)) => Followed::Replied(reply),
            Err(report) => {
                tracing::error!(resource = self.descriptor().name, %method, %report, "an after_commit hook failed; the write stands");
                report.log();
                Followed::Failed
            }
        }
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
        let (cx, values) = (cx.of_hook(), values.to_vec());
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

    pub(super) fn not_found(&self, key: &Key) -> Report {
        ApiError::record_not_found(self.descriptor().name, key.to_path()).into()
    }
}
