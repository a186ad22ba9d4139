//! The writes to one record of a resource, phase by phase.
//!
//! One that is told by statements alone is a unit that the database runs by itself; one with a hook holds a transaction.

use http::StatusCode;

use super::super::again::again;
use super::super::references::Look;
use super::super::{Context, Draft, Next};
use super::conditional::check;
use super::input::Require;
use super::phases::{CREATED, NOTHING};
use super::stage::{Step, overlaid, staged};
use super::{Endpoint, Outcome};
use crate::column::{Key, Value};
use crate::database::DatabaseError;
use crate::descriptor::{Method, Selection};
use crate::error::Report;
use crate::query::Condition;

/// A record that is to be replaced, or created.
struct Replacing<'a> {
    /// The record that is made where there is none.
    draft: &'a Draft,
    /// What is changed where there is one.
    replaced: &'a [(usize, Value)],
    conditions: &'a [Condition],
    /// Why none can be made with its key.
    unfit: &'a Report,
}

impl Endpoint {
    /// Replaces a record, or creates it: columns that are left out get their default or null, read-only ones stay.
    ///
    /// # Errors
    /// As [`post`](Self::post); 400 when the body has another key than the path; 412 when the context's preconditions do
    /// not hold.
    pub async fn put(
        &self,
        cx: &Context,
        key: Key,
        input: Draft,
        selection: &Selection,
    ) -> Result<Outcome, Report> {
        let cx = &self.admitted(Method::Put, cx, selection).await?;
        let input = self.with_key(input, &key);
        let mut draft = self
            .process_input(Method::Put, cx, input, Require::All)
            .await?;
        let replaced = self.replacement(&mut draft);
        let conditions = self.permitted_row(cx, &key)?;
        let unfit = self.unfit(&key);
        let step = if self.holds_transaction(Method::Put, cx) || self.hides_rows(cx)? {
            self.made_ready(Method::Put, cx).await?;
            let replacing = Replacing {
                draft: &draft,
                replaced: &replaced,
                conditions: &conditions,
                unfit: &unfit,
            };
            Box::pin(again(|| self.replace_held(cx, &key, &replacing, selection))).await?
        } else {
            let change =
                |conditions: &[Condition]| self.change(Method::Put, cx, conditions, &replaced);
            let values = draft.into_given();
            let insert = unfit.is_empty().then(|| self.insert(cx, &values));
            let statements = self.statements(cx, &conditions, change, insert);
            let written = self
                .write_if(Method::Put, cx, statements, &values, selection)
                .await?;
            if written.is_none() {
                // Only its key and `If-Match` keep a record from being made.
                check(cx, None)?;
                unfit.into_result()?;
            }
            Step::Wrote(written)
        };
        self.finish(
            Method::Put,
            cx,
            step,
            |position| position == CREATED,
            &key,
            selection,
        )
        .await
    }

    /// Replaces or creates a record in a transaction of its own.
    async fn replace_held(
        &self,
        cx: &Context,
        key: &Key,
        replacing: &Replacing<'_>,
        selection: &Selection,
    ) -> Result<Step, Report> {
        let conditions = replacing.conditions;
        let mut tx = self.begin(cx).await?;
        let prior = self.prior(&mut tx, conditions).await?;
        check(cx, prior.as_ref())?;
        let step = match prior {
            // It is there, but not for this request: what it holds is neither replaced nor told.
            None if self.hides_rows(cx)? && self.exists(&mut tx, key).await? => {
                return Err(self.not_found(key));
            }
            None => {
                replacing.unfit.clone().into_result()?;
                let new = staged(replacing.draft.clone());
                let created = self.create_in(Method::Put, cx, &mut tx, new, selection);
                match created.await {
                    // Another made it in the meantime: then it is there to be replaced.
                    Err(refusal)
                        if refusal.status() == StatusCode::CONFLICT
                            && self.exists(&mut tx, key).await? =>
                    {
                        return Err(DatabaseError::Conflict.into());
                    }
                    created => created?,
                }
            }
            Some(prior) => {
                let guarded = self.guarded(Method::Put, cx, conditions, &prior);
                let staged = overlaid(prior.values, replacing.replaced.to_vec());
                self.change_in(Method::Put, cx, &mut tx, staged, &guarded, selection)
                    .await?
            }
        };
        self.commit(cx, tx, step, key).await
    }

    /// What a replacement changes of a record that there is; the draft becomes the record that is made where there is none.
    fn replacement(&self, draft: &mut Draft) -> Vec<(usize, Value)> {
        let columns = self.descriptor().columns;
        let given = draft.given();
        let by_hook = draft.read_only();
        draft.complete();
        let mut replaced = self.replaceable(draft);
        // What changes with every change does not go back to what it is in a new record.
        replaced.retain(|(index, _)| {
            columns[*index].on_update.is_none() || given.iter().any(|(given, _)| given == index)
        });
        replaced.extend(by_hook);
        replaced
    }

    /// Changes a record: a column that is absent stays, one that is null becomes null (RFC 7396).
    ///
    /// # Errors
    /// As [`put`](Self::put); 404 when there is no such record.
    pub async fn patch(
        &self,
        cx: &Context,
        key: Key,
        input: Draft,
        selection: &Selection,
    ) -> Result<Outcome, Report> {
        let cx = &self.admitted(Method::Patch, cx, selection).await?;
        let input = self.with_key(input, &key);
        let draft = self
            .process_input(Method::Patch, cx, input, Require::Nothing)
            .await?;
        let conditions = self.permitted_row(cx, &key)?;
        let mut changes = draft.into_given();
        changes.retain(|(index, _)| !self.descriptor().key.contains(index));
        let step = if self.holds_transaction(Method::Patch, cx) {
            self.made_ready(Method::Patch, cx).await?;
            let held = || self.change_held(cx, &key, &conditions, &changes, selection);
            Box::pin(again(held)).await?
        } else {
            let change =
                |conditions: &[Condition]| self.change(Method::Patch, cx, conditions, &changes);
            let statements = self.statements(cx, &conditions, change, None);
            Step::Wrote(
                self.write_if(Method::Patch, cx, statements, &changes, selection)
                    .await?,
            )
        };
        self.finish(Method::Patch, cx, step, |_| false, &key, selection)
            .await
    }

    /// Changes a record in a transaction of its own.
    async fn change_held(
        &self,
        cx: &Context,
        key: &Key,
        conditions: &[Condition],
        changes: &[(usize, Value)],
        selection: &Selection,
    ) -> Result<Step, Report> {
        let mut tx = self.begin(cx).await?;
        let Some(prior) = self.prior(&mut tx, conditions).await? else {
            return Err(self.not_found(key));
        };
        check(cx, Some(&prior))?;
        let guarded = self.guarded(Method::Patch, cx, conditions, &prior);
        let staged = overlaid(prior.values, changes.to_vec());
        let step = self
            .change_in(Method::Patch, cx, &mut tx, staged, &guarded, selection)
            .await?;
        self.commit(cx, tx, step, key).await
    }

    /// Removes a record.
    ///
    /// # Errors
    /// A [`Report`]: 404 when there is no such record, or a hook filters it away; 409 when another refers to it; 412 as for
    /// [`put`](Self::put).
    pub async fn delete(&self, cx: &Context, key: Key) -> Result<Outcome, Report> {
        let cx = &self.admitted(Method::Delete, cx, &NOTHING).await?;
        let mut conditions = self.permitted_row(cx, &key)?;
        self.process_select(Method::Delete, cx, &mut conditions)
            .await?;
        if !self.asks_what_was_removed(cx)? {
            return self.remove(cx, &key, &conditions).await;
        }
        let step = self.removed(cx, &key, &conditions).await?;
        match self
            .finish(Method::Delete, cx, step, |_| false, &key, &NOTHING)
            .await?
        {
            Outcome::Record { .. } => Ok(Outcome::Deleted),
            other => Ok(other),
        }
    }

    /// Whether anybody looks at the row that is removed: a hook, a policy, or who names its entity tag.
    fn asks_what_was_removed(&self, cx: &Context) -> Result<bool, Report> {
        Ok(self.holds_transaction(Method::Delete, cx)
            || self.hooks.after_commit(Method::Delete).is_some()
            || !cx.preconditions().is_empty()
            || self.hides_rows(cx)?)
    }

    /// Removes a record at which nobody looks.
    async fn remove(
        &self,
        cx: &Context,
        key: &Key,
        conditions: &[Condition],
    ) -> Result<Outcome, Report> {
        let (database, descriptor) = (cx.database(), self.descriptor());
        let statement = database.dialect().remove(descriptor, conditions);
        match database.write(vec![statement], |_, _| Ok(())).await {
            Ok(Some(())) => Ok(Outcome::Deleted),
            Ok(None) => Err(self.not_found(key)),
            Err(error) => {
                let refusal = error.into_report(Some(descriptor));
                Err(self.not_removed(cx, refusal, key).await)
            }
        }
    }

    /// Why a record was not removed, as far as a look at those that refer to it tells.
    async fn not_removed(&self, cx: &Context, refusal: Report, key: &Key) -> Report {
        let look = Look::Outside(cx.database());
        Box::pin(look.removed(refusal, self.descriptor(), key)).await
    }

    async fn removed(
        &self,
        cx: &Context,
        key: &Key,
        conditions: &[Condition],
    ) -> Result<Step, Report> {
        if self.holds_transaction(Method::Delete, cx) {
            self.made_ready(Method::Delete, cx).await?;
            return Box::pin(again(|| self.remove_held(cx, key, conditions))).await;
        }
        let (dialect, descriptor) = (cx.database().dialect(), self.descriptor());
        let delete = |conditions: &[Condition]| dialect.delete(descriptor, conditions);
        let statements = self.statements(cx, conditions, delete, None);
        match self
            .write_if(Method::Delete, cx, statements, &[], &NOTHING)
            .await
        {
            Ok(written) => Ok(Step::Wrote(written)),
            Err(refusal) => Err(self.not_removed(cx, refusal, key).await),
        }
    }

    /// Removes a record in a transaction of its own.
    async fn remove_held(
        &self,
        cx: &Context,
        key: &Key,
        conditions: &[Condition],
    ) -> Result<Step, Report> {
        let mut tx = self.begin(cx).await?;
        let Some(prior) = self.prior(&mut tx, conditions).await? else {
            return Err(self.not_found(key));
        };
        check(cx, Some(&prior))?;
        let guarded = self.guarded(Method::Delete, cx, conditions, &prior);
        let delete = cx.database().dialect().delete(self.descriptor(), &guarded);
        let mut staged = overlaid(prior.values, Vec::new());
        let next = match self.hooks.before_commit(Method::Delete) {
            Some(hook) => hook(&cx.of_hook(), &mut tx, &mut staged).await?,
            None => Next::Proceed,
        };
        let step = match next {
            Next::Instead(reply) => Step::Instead(reply),
            Next::Proceed => {
                match self
                    .write_in(Method::Delete, cx, &mut tx, delete, &NOTHING)
                    .await
                {
                    Ok(written) => Step::Wrote(written),
                    Err(refusal) => {
                        let look = Look::Inside(&mut tx);
                        return Err(look.removed(refusal, self.descriptor(), key).await);
                    }
                }
            }
        };
        self.commit(cx, tx, step, key).await
    }
}
