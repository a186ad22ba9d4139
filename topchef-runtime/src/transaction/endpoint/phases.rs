//! The later phases of a write: `before_commit` around the default write, and what is stored for `after_commit` with it.
//!
//! It does not know which write it is.

use super::super::again::again;
use super::super::hooks::{Delivery, RunAfterCommit, Staged, in_time};
use super::super::outbox::{self, Followed, Kept, store};
use super::super::references::Look;
use super::super::tracked::{changed, with_updates};
use super::super::{Context, Next, Transaction, no_row};
use super::stage::{Follows, Step, Written, written};
use super::{AfterCommit, Endpoint, Outcome};
use crate::column::{ColumnDefault, EncodeError, Key, Row, Value};
use crate::descriptor::{Descriptor, Method, Selection};
use crate::error::{ApiError, Report};
use crate::query::Condition;
use crate::sql::{Dialect, Statement};

/// For a row of which nothing goes out.
pub(super) const NOTHING: Selection = Selection { shown: Vec::new() };

/// The position of a statement that creates.
pub(super) const CREATED: usize = 1;

/// What a write is that stores a message beside the row, for the hook that follows it.
#[derive(Clone, Debug)]
pub(super) struct Messages {
    descriptor: &'static Descriptor,
    dialect: Dialect,
    method: Method,
    kept: Kept,
}

impl Messages {
    /// The row with the token of its message, and the statement that stores that.
    pub(super) fn stored(&self, mut written: Written) -> Result<(Written, Statement), EncodeError> {
        let (token, statement) = store(
            self.dialect,
            self.descriptor,
            self.method,
            &self.kept,
            &written.values,
        )?;
        written.message = Some(token);
        Ok((written, statement))
    }
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
        let written = match self.write_in(method, cx, tx, insert, selection).await {
            Ok(written) => written,
            Err(refusal) => {
                let look = Look::Inside(tx);
                return Err(Box::pin(look.written(refusal, descriptor, &values)).await);
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
        let statement = self.change(method, cx, conditions, &changes);
        match self.write_in(method, cx, tx, statement, selection).await {
            Ok(written) => Ok(Step::Wrote(written)),
            Err(refusal) => {
                let look = Look::Inside(tx);
                Err(Box::pin(look.written(refusal, self.descriptor(), &changes)).await)
            }
        }
    }

    pub(super) fn insert(&self, cx: &Context, values: &[(usize, Value)]) -> Statement {
        cx.database().dialect().insert(self.descriptor(), values)
    }

    /// An update, or a mere look when there is nothing to change; where a hook follows, it comes after those of all
    /// changes before it.
    pub(super) fn change(
        &self,
        method: Method,
        cx: &Context,
        conditions: &[Condition],
        changes: &[(usize, Value)],
    ) -> Statement {
        let (dialect, descriptor) = (cx.database().dialect(), self.descriptor());
        let changes = with_updates(descriptor, changes.to_vec());
        if changes.is_empty() && self.follows_durably_on(method) {
            dialect.select_to_change(descriptor, conditions)
        } else if changes.is_empty() {
            dialect.select_one(descriptor, conditions)
        } else {
            dialect.update(descriptor, conditions, &changes)
        }
    }

    /// Whether what follows a write of the method is stored with it.
    fn follows_durably_on(&self, method: Method) -> bool {
        let hook = self.hooks.after_commit(method);
        hook.is_some_and(|(delivery, _)| delivery == Delivery::Durable)
    }

    /// Sees to it that what follows a write of the method can be stored; outside any transaction, which would wait for itself.
    ///
    /// # Errors
    /// A [`Report`] when the outbox cannot be made.
    pub(super) async fn made_ready(&self, method: Method, cx: &Context) -> Result<(), Report> {
        if self.follows_durably_on(method) {
            Box::pin(cx.database().prepare()).await?;
        }
        Ok(())
    }

    /// What is stored for the hook that follows a write of the method; nothing where no durable one does.
    fn messages(&self, method: Method, cx: &Context) -> Option<Messages> {
        self.follows_durably_on(method).then(|| Messages {
            descriptor: self.descriptor(),
            dialect: cx.database().dialect(),
            method,
            kept: cx.kept(),
        })
    }

    /// Runs statements as one unit that commits by itself; a row that is not permitted undoes all of it.
    ///
    /// `writes` says which of the statements are followed by the method's hook.
    async fn write(
        &self,
        method: Method,
        cx: &Context,
        statements: Vec<Statement>,
        writes: impl Fn(usize) -> bool + Send + 'static,
        selection: &Selection,
    ) -> Result<Option<Written>, Report> {
        let permit = self.permit(cx)?;
        let messages = self.messages(method, cx);
        self.made_ready(method, cx).await?;
        // What code of the resource makes of the row can fail: then nothing of it may stand.
        let is_plain = permit.rows.is_empty() && messages.is_none() && !selection.shows_computed();
        let (model, selection, database) = (self.model, selection.clone(), cx.database());
        let follows = if is_plain && self.hooks.after_commit(method).is_none() {
            Follows::Nothing
        } else {
            Follows::Something
        };
        let row = move |position, row: &Row<'_>| written(model, position, row, &selection, follows);
        let written = if is_plain {
            database.write(statements, row).await
        } else {
            let checked = move |position, found: &Row<'_>| {
                let written = permit.checked(row(position, found)?)?;
                Ok(match messages.as_ref().filter(|_| writes(position)) {
                    None => (written, Vec::new()),
                    Some(messages) => {
                        let (written, statement) = messages.stored(written)?;
                        (written, vec![statement])
                    }
                })
            };
            Box::pin(database.write_with(statements, checked)).await
        };
        written.map_err(|error| error.into_report(Some(self.descriptor())))
    }

    /// As [`write`](Self::write), of statements that store these values.
    pub(super) async fn store(
        &self,
        method: Method,
        cx: &Context,
        statements: Vec<Statement>,
        writes: impl Fn(usize) -> bool + Send + 'static,
        values: &[(usize, Value)],
        selection: &Selection,
    ) -> Result<Option<Written>, Report> {
        match self.write(method, cx, statements, writes, selection).await {
            Ok(written) => Ok(written),
            Err(refusal) => {
                let look = Look::Outside(cx.database());
                Err(Box::pin(look.written(refusal, self.descriptor(), values)).await)
            }
        }
    }

    /// Runs a statement that writes in a transaction, and stores what follows; a row that is not permitted is an error,
    /// which must not be committed.
    pub(super) async fn write_in(
        &self,
        method: Method,
        cx: &Context,
        tx: &mut Transaction,
        statement: Statement,
        selection: &Selection,
    ) -> Result<Option<Written>, Report> {
        let (model, selection, permit) = (self.model, selection.clone(), self.permit(cx)?);
        let messages = self.messages(method, cx);
        let written = tx.one(self.descriptor(), statement, move |row| {
            let written = written(model, 0, row, &selection, Follows::Something)?;
            permit.checked(written)
        });
        match (written.await?, messages) {
            (Some(written), Some(messages)) => {
                let (written, statement) = messages.stored(written)?;
                tx.rows(statement, |_| Ok(())).await?;
                Ok(Some(written))
            }
            (written, _) => Ok(written),
        }
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
        let (after_commit, reply) = AfterCommit::of(self.follow(method, cx, &written).await);
        if let Some(reply) = reply {
            return self.replied(method, cx, reply).await;
        }
        let created = created(written.position);
        self.shown(cx, written, created, after_commit, selection)
            .await
    }

    /// Has the hook run that follows a row which was committed, and waits for it; that it fails undoes nothing.
    pub(super) async fn follow(&self, method: Method, cx: &Context, written: &Written) -> Followed {
        if let Some(token) = written.message {
            let message = outbox::Committed {
                endpoint: *self,
                values: &written.values,
                token,
            };
            let mut followed = Box::pin(outbox::follow(cx, &[message])).await;
            return followed.pop().unwrap_or(Followed::Waiting);
        }
        self.follow_once(method, cx, written).await
    }

    /// As [`follow`](Self::follow), where nothing was stored for the hook.
    pub(super) async fn follow_once(
        &self,
        method: Method,
        cx: &Context,
        written: &Written,
    ) -> Followed {
        match self.hooks.after_commit(method) {
            Some((Delivery::BestEffort, hook)) => {
                Box::pin(self.run_once(method, cx, hook, &written.values)).await
            }
            // A durable hook has a message, unless nothing was written that it could follow.
            Some((Delivery::Durable, _)) | None => Followed::Done(Next::Proceed),
        }
    }

    /// Runs a hook of which nothing is kept: that it failed is logged.
    async fn run_once(
        &self,
        method: Method,
        cx: &Context,
        hook: RunAfterCommit,
        values: &[Value],
    ) -> Followed {
        let (cx, values) = (cx.of_hook(), values.to_vec());
        // A task of its own: a client that goes away does not take it along, and a panic is a failure like any other.
        let running = tokio::spawn(async move {
            let once = async || {
                let mut tx = cx.database().request_transaction().await?;
                let next = in_time(cx.database(), hook(&cx, &mut tx, &values)).await?;
                tx.commit().await?;
                Ok::<_, Report>(next)
            };
            again(once).await
        });
        let ran = running.await;
        match ran.unwrap_or_else(|panic| Err(ApiError::internal(panic).into())) {
            Ok(next) => Followed::Done(next),
            Err(report) => {
                tracing::error!(resource = self.descriptor().name, %method, %report, "an after_commit hook failed and is not tried again; the write stands");
                report.log();
                Followed::Failed
            }
        }
    }

    pub(super) fn not_found(&self, key: &Key) -> Report {
        ApiError::record_not_found(self.descriptor().name, key.to_path()).into()
    }
}
