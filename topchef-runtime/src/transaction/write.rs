//! The writes of a resource, phase by phase: `process_input`, the transaction with `before_commit`, `after_commit`.
//!
//! A write without a `before_commit` hook is one unit that the database runs by itself; one with a hook holds a transaction.

use super::draft::Draft;
use super::endpoint::Endpoint;
use super::hooks::Staged;
use super::tracked::changed;
use super::{Context, Next, Reply, Transaction, is_key, no_row};
use crate::column::{ColumnDefault, Row, Value, date_time, timestamp};
use crate::database::DatabaseError;
use crate::descriptor::{Field, Method};
use crate::error::{ApiError, Report};
use crate::query::Condition;
use crate::resource::{Model, owned_values};
use crate::sql::Statement;

/// What a write came to.
#[derive(Debug)]
pub enum Outcome {
    /// The record as it is stored now.
    Record {
        /// As a JSON object, with the fields that were asked for.
        json: Vec<u8>,
        /// Its key, as a part of a path.
        key: String,
        /// Whether it was created by this.
        created: bool,
        /// Whether the `after_commit` hook failed; the write stands all the same.
        after_commit_failed: bool,
    },
    /// The record was removed.
    Deleted,
    /// A hook answered in its place.
    Reply(Reply),
}

/// A row that was written, as far as later steps need it.
struct Written {
    json: Vec<u8>,
    /// All columns.
    values: Vec<Value>,
    /// Which of the statements gave it.
    position: usize,
}

/// A hook's answer, or the row that the default write gave; none when there was nothing to write.
enum Step {
    Instead(Reply),
    Wrote(Option<Written>),
}

impl Endpoint {
    /// Creates a record.
    ///
    /// `wrong` is what reading the body found: it is reported together with what is missing.
    ///
    /// # Errors
    /// A [`Report`]: everything that is wrong with the input, a hook's refusal, or the database's (409 with the field).
    pub async fn post(
        &self,
        cx: &Context,
        input: (Draft, Report),
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
            let staged = staged(draft, None);
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
        input: (Draft, Report),
        fields: &[Field],
    ) -> Result<Outcome, Report> {
        let input = self.with_key(input, &key);
        let mut draft = self
            .process_input(Method::Put, cx, input, Require::All)
            .await?;
        draft.complete();
        let condition = is_key(self.descriptor(), key.clone());
        let step = if self.hooks.before_commit(Method::Put).is_none() {
            let replaced = self.replaceable(&draft);
            let first = self.change(cx, &condition, &replaced);
            let insert = self.insert(cx, &draft.given());
            Step::Wrote(self.write(cx, vec![first, insert], fields).await?)
        } else {
            let mut tx = cx.database().transaction().await?;
            let step = match self.stored(cx, &mut tx, condition.clone()).await? {
                None => {
                    self.create_in(Method::Put, cx, &mut tx, staged(draft, None), fields)
                        .await?
                }
                Some(prior) => {
                    let kept = self.replaceable(&draft);
                    let staged = overlaid(prior, kept);
                    self.change_in(Method::Put, cx, &mut tx, staged, condition, fields)
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
        input: (Draft, Report),
        fields: &[Field],
    ) -> Result<Outcome, Report> {
        let input = self.with_key(input, &key);
        let draft = self
            .process_input(Method::Patch, cx, input, Require::Nothing)
            .await?;
        let condition = is_key(self.descriptor(), key.clone());
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
                .change_in(Method::Patch, cx, &mut tx, staged, condition, fields)
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
        let mut conditions = vec![is_key(self.descriptor(), key.clone())];
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
                let step = match hook.run(cx, &mut tx, &mut staged).await? {
                    Next::Instead(reply) => Step::Instead(reply),
                    Next::Proceed => Step::Wrote(self.one(&mut tx, statement, &[]).await?),
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

    /// Reports what is wrong with the input; runs the hook when nothing is; finds what is missing after it.
    async fn process_input(
        &self,
        method: Method,
        cx: &Context,
        (mut draft, mut wrong): (Draft, Report),
        require: Require,
    ) -> Result<Draft, Report> {
        if wrong.is_empty()
            && let Some(hook) = self.hooks.input(method)
        {
            hook.run(cx, &mut draft).await?;
        }
        if require == Require::All {
            // A field that is wrong is not missing too.
            let told: Vec<String> = wrong
                .errors()
                .iter()
                .filter_map(|error| error.pointer().map(str::to_owned))
                .collect();
            let missing = draft.missing();
            wrong.extend(
                missing
                    .errors()
                    .iter()
                    .filter(|error| {
                        !told
                            .iter()
                            .any(|pointer| Some(pointer.as_str()) == error.pointer())
                    })
                    .cloned(),
            );
        }
        wrong.into_result().map(|()| draft)
    }

    /// The input with the path's key; a body that has another is wrong.
    fn with_key(&self, (mut draft, mut wrong): (Draft, Report), key: &Value) -> (Draft, Report) {
        let (index, column) = self.descriptor().key_column();
        if draft.values[index]
            .as_ref()
            .is_some_and(|given| given != key)
        {
            wrong.push(ApiError::deserialization(
                column.wire,
                "key",
                "must be the key of the path",
            ));
        }
        draft.values[index] = Some(key.clone());
        (draft, wrong)
    }

    /// The columns that a replacement writes: all but the key and the read-only ones.
    fn replaceable(&self, draft: &Draft) -> Vec<(usize, Value)> {
        let descriptor = self.descriptor();
        let mut values = draft.given();
        values.retain(|(index, _)| {
            !descriptor.key.contains(index) && !descriptor.columns[*index].read_only
        });
        values
    }

    async fn stored(
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

    async fn create_in(
        &self,
        method: Method,
        cx: &Context,
        tx: &mut Transaction,
        mut staged: Staged,
        fields: &[Field],
    ) -> Result<Step, Report> {
        if let Some(hook) = self.hooks.before_commit(method)
            && let Next::Instead(reply) = hook.run(cx, tx, &mut staged).await?
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

    async fn change_in(
        &self,
        method: Method,
        cx: &Context,
        tx: &mut Transaction,
        mut staged: Staged,
        condition: Condition,
        fields: &[Field],
    ) -> Result<Step, Report> {
        if let Some(hook) = self.hooks.before_commit(method)
            && let Next::Instead(reply) = hook.run(cx, tx, &mut staged).await?
        {
            return Ok(Step::Instead(reply));
        }
        let changes = changed(staged.values, staged.dirty);
        let statement = self.change(cx, &condition, &changes);
        Ok(Step::Wrote(self.one(tx, statement, fields).await?))
    }

    fn insert(&self, cx: &Context, values: &[(usize, Value)]) -> Statement {
        cx.database().dialect().insert(self.descriptor(), values)
    }

    /// An update, or a mere look when there is nothing to change.
    fn change(&self, cx: &Context, condition: &Condition, changes: &[(usize, Value)]) -> Statement {
        let (dialect, conditions) = (cx.database().dialect(), std::slice::from_ref(condition));
        if changes.is_empty() {
            dialect.select_one(self.descriptor(), conditions)
        } else {
            dialect.update(self.descriptor(), conditions, changes)
        }
    }

    /// Runs statements as one unit that commits by itself.
    async fn write(
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
    async fn one(
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
    async fn finish(
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
            key: key_text(&written.values[index]),
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
        let mut tx = cx.database().transaction().await?;
        let next = hook.run(cx, &mut tx, values).await?;
        tx.commit().await?;
        Ok(next)
    }

    fn not_found(&self, key: &Value) -> Report {
        ApiError::record_not_found(self.descriptor().name, key_text(key)).into()
    }
}

/// The position of the statement that creates, in a `PUT`.
const CREATED: usize = 1;

/// Whether a method needs every column that has no default.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Require {
    All,
    Nothing,
}

/// A new record with all that is known of it, every column of it a change.
fn staged(draft: Draft, prior: Option<Vec<Value>>) -> Staged {
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
        prior,
        dirty,
    }
}

/// A stored record with changes over it.
fn overlaid(prior: Vec<Value>, changes: Vec<(usize, Value)>) -> Staged {
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

fn written(
    model: Model,
    position: usize,
    row: &Row<'_>,
    fields: &[Field],
) -> Result<Written, DatabaseError> {
    let mut json = Vec::with_capacity(256);
    (model.represent)(row, fields, &mut json)?;
    Ok(Written {
        json,
        values: owned_values(model.descriptor, row)?,
        position,
    })
}

/// A key as a part of a path.
pub(super) fn key_text(key: &Value) -> String {
    match key {
        Value::BigInt(Some(number)) => number.to_string(),
        Value::Uuid(Some(uuid)) => uuid.to_string(),
        Value::String(Some(text)) => {
            percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC)
                .to_string()
        }
        Value::ChronoDate(Some(date)) => date.to_string(),
        Value::ChronoDateTime(Some(moment)) => date_time(moment),
        Value::ChronoDateTimeUtc(Some(moment)) => timestamp(moment),
        other => format!("{other:?}"),
    }
}
