//! The writes of a resource, phase by phase.
//!
//! One without a `before_commit` hook is a unit that the database runs by itself; one with a hook holds a transaction.

use super::super::{Context, Draft, Next, key};
use super::input::Require;
use super::phases::CREATED;
use super::stage::{Step, overlaid, staged};
use super::{Endpoint, Outcome};
use crate::column::Value;
use crate::descriptor::{Field, Method};
use crate::error::{ApiError, Report};

impl Endpoint {
    /// Creates a record.
    ///
    /// # Errors
    /// A [`Report`]: everything that is wrong with the input, a hook's refusal, or the database's (409 with the field).
    pub async fn post(
        &self,
        cx: &Context,
        input: Draft,
        fields: &[Field],
    ) -> Result<Outcome, Report> {
        if self.hooks.after_commit(Method::Post).is_none() {
            return self.create(cx, input, fields).await;
        }
        let (endpoint, cx, fields) = (*self, cx.clone(), fields.to_vec());
        to_its_end(async move { endpoint.create(&cx, input, &fields).await }).await
    }

    async fn create(
        &self,
        cx: &Context,
        input: Draft,
        fields: &[Field],
    ) -> Result<Outcome, Report> {
        let mut draft = self
            .process_input(Method::Post, cx, input, Require::All)
            .await?;
        draft.complete();
        let step = if self.hooks.before_commit(Method::Post).is_none() {
            let insert = self.insert(cx, &draft.given());
            Step::Wrote(self.write(cx, vec![insert], fields).await?)
        } else {
            let mut tx = cx.database().transaction().await?;
            let staged = staged(draft);
            let step = self
                .create_in(Method::Post, cx, &mut tx, staged, fields)
                .await?;
            tx.commit().await?;
            step
        };
        self.finish(Method::Post, cx, step, |_| true, &Value::BigInt(None))
            .await
    }

    /// Replaces a record, or creates it: columns that are left out get their default or null, read-only ones stay.
    ///
    /// # Errors
    /// As [`post`](Self::post); 400 when the body has another key than the path.
    pub async fn put(
        &self,
        cx: &Context,
        key: Value,
        input: Draft,
        fields: &[Field],
    ) -> Result<Outcome, Report> {
        if self.hooks.after_commit(Method::Put).is_none() {
            return self.replace(cx, key, input, fields).await;
        }
        let (endpoint, cx, fields) = (*self, cx.clone(), fields.to_vec());
        to_its_end(async move { endpoint.replace(&cx, key, input, &fields).await }).await
    }

    async fn replace(
        &self,
        cx: &Context,
        key: Value,
        input: Draft,
        fields: &[Field],
    ) -> Result<Outcome, Report> {
        let input = self.with_key(input, &key);
        let mut draft = self
            .process_input(Method::Put, cx, input, Require::All)
            .await?;
        let by_hook = draft.read_only();
        draft.complete();
        let mut replaced = self.replaceable(&draft);
        replaced.extend(by_hook);
        let condition = key::is(self.descriptor(), key.clone());
        let step = if self.hooks.before_commit(Method::Put).is_none() {
            let first = self.change(cx, &condition, &replaced);
            let insert = self.insert(cx, &draft.given());
            Step::Wrote(self.write(cx, vec![first, insert], fields).await?)
        } else {
            let mut tx = cx.database().transaction().await?;
            let step = match self.stored(cx, &mut tx, condition.clone()).await? {
                None => {
                    self.create_in(Method::Put, cx, &mut tx, staged(draft), fields)
                        .await?
                }
                Some(prior) => {
                    let staged = overlaid(prior, replaced);
                    self.change_in(Method::Put, cx, &mut tx, staged, &key, fields)
                        .await?
                }
            };
            tx.commit().await?;
            step
        };
        self.finish(Method::Put, cx, step, |position| position == CREATED, &key)
            .await
    }

    /// Changes a record: a column that is absent stays, one that is null becomes null (RFC 7396).
    ///
    /// # Errors
    /// As [`post`](Self::post); 404 when there is no such record; 400 when the body has another key than the path.
    pub async fn patch(
        &self,
        cx: &Context,
        key: Value,
        input: Draft,
        fields: &[Field],
    ) -> Result<Outcome, Report> {
        if self.hooks.after_commit(Method::Patch).is_none() {
            return self.merge(cx, key, input, fields).await;
        }
        let (endpoint, cx, fields) = (*self, cx.clone(), fields.to_vec());
        to_its_end(async move { endpoint.merge(&cx, key, input, &fields).await }).await
    }

    async fn merge(
        &self,
        cx: &Context,
        key: Value,
        input: Draft,
        fields: &[Field],
    ) -> Result<Outcome, Report> {
        let input = self.with_key(input, &key);
        let draft = self
            .process_input(Method::Patch, cx, input, Require::Nothing)
            .await?;
        let condition = key::is(self.descriptor(), key.clone());
        let mut changes = draft.given();
        changes.retain(|(index, _)| !self.descriptor().key.contains(index));
        let step = if self.hooks.before_commit(Method::Patch).is_none() {
            let statement = self.change(cx, &condition, &changes);
            Step::Wrote(self.write(cx, vec![statement], fields).await?)
        } else {
            let mut tx = cx.database().transaction().await?;
            let Some(prior) = self.stored(cx, &mut tx, condition.clone()).await? else {
                return Err(self.not_found(&key));
            };
            let staged = overlaid(prior, changes);
            let step = self
                .change_in(Method::Patch, cx, &mut tx, staged, &key, fields)
                .await?;
            tx.commit().await?;
            step
        };
        self.finish(Method::Patch, cx, step, |_| false, &key).await
    }

    /// Removes a record.
    ///
    /// # Errors
    /// A [`Report`]: 404 when there is no such record, or a hook filters it away; 409 when another refers to it.
    pub async fn delete(&self, cx: &Context, key: Value) -> Result<Outcome, Report> {
        if self.hooks.after_commit(Method::Delete).is_none() {
            return self.remove(cx, key).await;
        }
        let (endpoint, cx) = (*self, cx.clone());
        to_its_end(async move { endpoint.remove(&cx, key).await }).await
    }

    async fn remove(&self, cx: &Context, key: Value) -> Result<Outcome, Report> {
        let mut conditions = vec![key::is(self.descriptor(), key.clone())];
        self.process_select(Method::Delete, cx, &mut conditions)
            .await?;
        let statement = cx
            .database()
            .dialect()
            .delete(self.descriptor(), &conditions);
        let step = match self.hooks.before_commit(Method::Delete) {
            None => Step::Wrote(self.write(cx, vec![statement], &[]).await?),
            Some(hook) => {
                let mut tx = cx.database().transaction().await?;
                let select = cx
                    .database()
                    .dialect()
                    .select_one(self.descriptor(), &conditions);
                let Some(prior) = self.one(&mut tx, select, &[]).await? else {
                    return Err(self.not_found(&key));
                };
                let mut staged = overlaid(prior.values, Vec::new());
                let step = match hook(cx, &mut tx, &mut staged).await? {
                    Next::Instead(reply) => Step::Instead(reply),
                    Next::Proceed => self.last(&mut tx, statement, &[], &key).await?,
                };
                tx.commit().await?;
                step
            }
        };
        match self
            .finish(Method::Delete, cx, step, |_| false, &key)
            .await?
        {
            Outcome::Record { .. } => Ok(Outcome::Deleted),
            other => Ok(other),
        }
    }
}

/// Runs a write that a hook follows in a task of its own: a client that goes away between the commit and the hook must
/// not take the hook along.
async fn to_its_end(
    write: impl Future<Output = Result<Outcome, Report>> + Send + 'static,
) -> Result<Outcome, Report> {
    match tokio::spawn(write).await {
        Ok(outcome) => outcome,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(cancelled) => Err(ApiError::internal(cancelled).into()),
        },
    }
}
