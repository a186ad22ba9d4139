//! `POST`: new records, each with the records below it, phase by phase.
//!
//! A record alone that no hook watches is a unit that the database runs by itself; all else shares a transaction.
//! It does not know which bytes the records came in.

use super::super::again::again;
use super::super::draft::Child;
use super::super::outbox::{self, Committed, Followed};
use super::super::{Context, Draft, Reply, Transaction, no_row};
use super::phases::NOTHING;
use super::stage::{Step, Written, staged};
use super::{AfterCommit, Endpoint, Outcome};
use crate::column::Value;
use crate::descriptor::{Method, Selection};
use crate::error::{ApiError, Report};
use crate::resource::{Sheet, write_array};

/// A record that is to be created.
#[derive(Clone)]
struct New {
    endpoint: Endpoint,
    draft: Draft,
    /// Where it stands in the body, as a JSON pointer.
    pointer: String,
    above: Option<Above>,
}

/// The record that a new one belongs to.
#[derive(Clone, Copy)]
struct Above {
    /// Its place among the new records: before those below it.
    place: usize,
    /// Its column that takes part in the relation.
    own: usize,
    /// The lower record's column that refers to it.
    theirs: usize,
}

/// What became of a record that was to be created.
enum Made {
    Record(Written),
    /// A hook answered in its place.
    Replied(Reply),
    /// The record above it was not written.
    Nothing,
}

/// What became of the records of a body, without those below them.
struct Creation {
    made: Vec<Made>,
    after_commit: AfterCommit,
}

impl Endpoint {
    /// Creates a record, and the records below it.
    ///
    /// # Errors
    /// A [`Report`]: everything that is wrong with the input, a policy's or a hook's refusal, or the database's (409 with the field).
    pub async fn post(
        &self,
        cx: &Context,
        input: Draft,
        selection: &Selection,
    ) -> Result<Outcome, Report> {
        let mut records = Vec::new();
        self.unfold(input, "", None, &mut records)?;
        self.create(cx, records, selection).await
    }

    /// Creates several records, and the records below them: all of them or none.
    ///
    /// # Errors
    /// As [`post`](Self::post); each error points into its own item.
    pub async fn post_several(
        &self,
        cx: &Context,
        inputs: Vec<Draft>,
        selection: &Selection,
    ) -> Result<Outcome, Report> {
        let mut records = Vec::new();
        for (position, input) in inputs.into_iter().enumerate() {
            self.unfold(input, &format!("/{position}"), None, &mut records)?;
        }
        self.create_several(cx, records, selection).await
    }

    async fn create(
        &self,
        cx: &Context,
        records: Vec<New>,
        selection: &Selection,
    ) -> Result<Outcome, Report> {
        // Boxed: all phases together are large, and most of the time they wait.
        let creation = Box::pin(self.created(cx, records, selection)).await?;
        match creation.made.into_iter().next() {
            Some(Made::Record(written)) => {
                let after_commit = creation.after_commit;
                self.shown(cx, written, true, after_commit, selection).await
            }
            Some(Made::Replied(reply)) => self.replied(Method::Post, cx, reply).await,
            Some(Made::Nothing) | None => Err(no_row().into()),
        }
    }

    async fn create_several(
        &self,
        cx: &Context,
        records: Vec<New>,
        selection: &Selection,
    ) -> Result<Outcome, Report> {
        // Boxed: all phases together are large, and most of the time they wait.
        let creation = Box::pin(self.created(cx, records, selection)).await?;
        let mut sheet = Sheet::new();
        // What goes out in the place of each record; where nothing does, the record itself.
        let mut items = Vec::with_capacity(creation.made.len());
        for made in creation.made {
            items.push(match made {
                Made::Record(written) => {
                    sheet.append(written.sheet);
                    None
                }
                Made::Replied(reply) => Some(self.item(Method::Post, cx, reply).await?),
                Made::Nothing => return Err(no_row().into()),
            });
        }
        let (sheet, related_failed) = self.filled_after_write(cx, sheet, selection).await;
        let mut records = (0..sheet.len()).map(|position| sheet.record(position));
        let mut json = Vec::with_capacity(sheet.bytes.len() + items.len() + 2);
        let items = items.iter();
        let items = items.filter_map(|item| item.as_deref().or_else(|| records.next()));
        write_array(items, &mut json);
        Ok(Outcome::Records {
            json,
            after_commit: creation.after_commit,
            related_failed,
        })
    }

    /// All phases of some new records.
    async fn created(
        &self,
        cx: &Context,
        mut records: Vec<New>,
        selection: &Selection,
    ) -> Result<Creation, Report> {
        let cx = &self.admitted(Method::Post, cx, selection).await?;
        let cx = &all_admitted(cx, &records).await?;
        process_input(cx, &mut records).await?;
        let endpoints: Vec<_> = records
            .iter()
            .map(|new| (new.endpoint, new.above.is_none()))
            .collect();
        let made = if cx.once().is_none()
            && is_alone(&records)
            && let Some(new) = records.pop()
        {
            let created = self.create_alone(cx, new.draft, selection).await;
            vec![created.map_err(|refusal| refusal.below(&new.pointer))?]
        } else {
            for (endpoint, _) in &endpoints {
                endpoint.made_ready(Method::Post, cx).await?;
            }
            Box::pin(again(|| self.create_together(cx, &records, selection))).await?
        };
        Ok(follow(cx, endpoints, made).await)
    }

    /// Creates records in a transaction of their own.
    async fn create_together(
        &self,
        cx: &Context,
        records: &[New],
        selection: &Selection,
    ) -> Result<Vec<Made>, Report> {
        let mut tx = self.begin(cx).await?;
        let made = create_in_order(cx, &mut tx, records, selection).await?;
        let answered = records.iter().zip(&made);
        let answered = answered.filter(|(new, _)| new.above.is_none());
        let answered: Vec<_> = answered.map(|(_, made)| made).collect();
        self.remember(cx, &mut tx, &answered).await?;
        tx.commit().await?;
        Ok(made)
    }

    /// Stores the records with the request's idempotency key, unless a hook answered in the place of one.
    async fn remember(
        &self,
        cx: &Context,
        tx: &mut Transaction,
        made: &[&Made],
    ) -> Result<(), Report> {
        let keys: Option<Vec<_>> = made
            .iter()
            .map(|made| match made {
                Made::Record(written) => Some(written.key.to_path()),
                Made::Replied(_) | Made::Nothing => None,
            })
            .collect();
        match (cx.once(), keys) {
            (Some(once), Some(keys)) => once.wrote(tx, &keys.join("\n")).await,
            _ => Ok(()),
        }
    }

    /// Creates a record that no hook watches, as a unit.
    async fn create_alone(
        &self,
        cx: &Context,
        mut draft: Draft,
        selection: &Selection,
    ) -> Result<Made, Report> {
        draft.complete();
        let values = draft.into_given();
        let insert = self.insert(cx, &values);
        let stored = self.store(Method::Post, cx, vec![insert], |_| true, &values, selection);
        let written = stored.await?;
        written.map(Made::Record).ok_or_else(|| no_row().into())
    }

    /// Lays a draft and those below it out in the order in which they are written: each after the one above it.
    fn unfold(
        &self,
        mut draft: Draft,
        pointer: &str,
        above: Option<Above>,
        records: &mut Vec<New>,
    ) -> Result<(), ApiError> {
        let place = records.len();
        let children = std::mem::take(&mut draft.children);
        records.push(New {
            endpoint: *self,
            draft,
            pointer: pointer.to_owned(),
            above,
        });
        for child in children {
            let Child {
                relation,
                pointer: below,
                draft,
            } = child;
            let target = self.target(relation)?;
            let relation = &self.descriptor().relations[relation];
            let above = Above {
                place,
                own: relation.own,
                theirs: relation.theirs,
            };
            target.unfold(draft, &format!("{pointer}{below}"), Some(above), records)?;
        }
        Ok(())
    }
}

/// Whether nothing else is written with the record, and no hook takes part in writing it.
fn is_alone(records: &[New]) -> bool {
    matches!(records, [only] if only.endpoint.hooks.before_commit(Method::Post).is_none())
}

/// Asks the policy of each record's resource, once.
async fn all_admitted(cx: &Context, records: &[New]) -> Result<Context, Report> {
    let mut cx = cx.clone();
    for new in records {
        if new.endpoint.permit(&cx).is_err() {
            let admitted = new.endpoint.admitted(Method::Post, &cx, &NOTHING).await;
            cx = admitted.map_err(|refusal| refusal.below(&new.pointer))?;
        }
    }
    Ok(cx)
}

/// Reports what is wrong with any of the records; runs the hooks when nothing is; finds what is missing after them.
async fn process_input(cx: &Context, records: &mut [New]) -> Result<(), Report> {
    let is_right = records.iter().all(|new| new.draft.wrong.is_empty());
    if is_right {
        for new in records.iter_mut() {
            if let Some(hook) = new.endpoint.hooks.input(Method::Post) {
                let processed = hook(cx, &mut new.draft).await;
                processed.map_err(|refusal| refusal.below(&new.pointer))?;
            }
        }
    }
    let mut report = Report::new();
    for new in records {
        let mut wrong = std::mem::take(&mut new.draft.wrong);
        let mut missing = new.draft.missing();
        // A field that is wrong is not missing too; what a hook was to give is not missing when it did not run.
        missing.retain(|error| {
            !wrong.tells_of(Some(""))
                && !wrong.tells_of(error.pointer())
                && (error.status().is_client_error() || (is_right && wrong.is_empty()))
        });
        wrong.append(missing);
        report.append(wrong.below(&new.pointer));
    }
    report.into_result()
}

/// Writes new records in a transaction, each after the one above it, whose key it is given.
///
/// What stands below a record that was not written is not written either.
async fn create_in_order(
    cx: &Context,
    tx: &mut Transaction,
    records: &[New],
    selection: &Selection,
) -> Result<Vec<Made>, Report> {
    let mut made: Vec<Made> = Vec::with_capacity(records.len());
    for new in records {
        let (endpoint, above) = (new.endpoint, new.above);
        let mut draft = new.draft.clone();
        if let Some(above) = above {
            let Some(key) = key_above(&made, above) else {
                made.push(Made::Nothing);
                continue;
            };
            draft.values[above.theirs] = Some(key);
        }
        draft.complete();
        let cx = &endpoint.admitted(Method::Post, cx, &NOTHING).await?;
        let shown = if above.is_none() { selection } else { &NOTHING };
        let step = endpoint.create_in(Method::Post, cx, tx, staged(draft), shown);
        match step.await {
            Ok(Step::Instead(reply)) => made.push(Made::Replied(reply)),
            Ok(Step::Wrote(Some(written))) => made.push(Made::Record(written)),
            Ok(Step::Wrote(None)) => return Err(no_row().into()),
            Err(refusal) => return Err(refusal.below(&new.pointer)),
        }
    }
    Ok(made)
}

/// What the record above holds in its column of the relation, when it was written.
fn key_above(made: &[Made], above: Above) -> Option<Value> {
    match made.get(above.place) {
        Some(Made::Record(written)) => written.values.get(above.own).cloned(),
        _ => None,
    }
}

/// Runs the `after_commit` hooks of the records that were written; what those of lower ones reply goes nowhere.
async fn follow(cx: &Context, endpoints: Vec<(Endpoint, bool)>, made: Vec<Made>) -> Creation {
    let mut creation = Creation {
        made: Vec::new(),
        after_commit: AfterCommit::Done,
    };
    let messages = endpoints
        .iter()
        .zip(&made)
        .filter_map(|((endpoint, _), made)| {
            let Made::Record(written) = made else {
                return None;
            };
            Some(Committed {
                endpoint: *endpoint,
                values: &written.values,
                token: written.message?,
            })
        });
    let messages: Vec<_> = messages.collect();
    let mut followed = if messages.is_empty() {
        Vec::new().into_iter()
    } else {
        Box::pin(outbox::follow(cx, &messages)).await.into_iter()
    };
    for ((endpoint, is_answered), mut made) in endpoints.into_iter().zip(made) {
        if let Made::Record(written) = &made {
            let became = match written.message {
                Some(_) => followed.next().unwrap_or(Followed::Waiting),
                None => endpoint.follow_once(Method::Post, cx, written).await,
            };
            let (became, reply) = AfterCommit::of(became);
            if let Some(reply) = reply {
                made = Made::Replied(reply);
            }
            creation.after_commit = creation.after_commit.and(became);
        }
        if is_answered {
            creation.made.push(made);
        }
    }
    creation
}
