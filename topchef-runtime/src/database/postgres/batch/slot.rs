//! What goes in a slot: one statement by itself, or those who wait, on the next connection that is free.
//!
//! It does not know who is next, nor how many are.

use std::sync::Arc;
use std::time::Instant;

use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Error, SqlSafeStr as _};
use tokio::runtime::Handle;

use super::super::failure::{is_lost, is_undone, is_unsupported, shared};
use super::super::held::{Held, within};
use super::super::values::{bound, last_number};
use super::queue::{SlotNumber, Waiting};
use super::size::Ran;
use super::{Alike, Outcome, Shared};

/// A place for one statement, or one batch, that is on its way: when this is dropped, those who wait are next.
pub(in super::super) struct Slot {
    shared: Arc<Shared>,
    alike: Arc<Alike>,
    number: SlotNumber,
    /// The connection that it waited for; most need not wait for one.
    held: Option<Box<Held>>,
    /// Since when one statement is on its way by itself.
    alone: Option<Instant>,
    /// The rows that a batch changes in it.
    rows: Vec<u64>,
    /// Whether others are next: a runtime that ends would never come to them.
    passes_on: bool,
}

impl Slot {
    pub(super) fn new(shared: &Arc<Shared>, alike: Arc<Alike>, number: SlotNumber) -> Self {
        Self {
            shared: Arc::clone(shared),
            alike,
            number,
            held: None,
            alone: None,
            rows: Vec::new(),
            passes_on: true,
        }
    }

    /// The connection, where it has one already.
    pub(in super::super) fn held(&mut self) -> Option<Held> {
        self.held.take().map(|held| *held)
    }

    /// Says that one statement begins by itself, now that there is a connection.
    pub(in super::super) fn begin(&mut self) {
        self.alone = Some(Instant::now());
    }

    /// Goes for those who wait.
    pub(super) fn set_out(mut self) {
        self.passes_on = false;
        // Whoever waits has a runtime, and looks after the slots.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(self.serve());
        }
    }

    /// Waits for a connection, and takes along who waits by then.
    async fn serve(mut self) {
        self.passes_on = true;
        let held = Held::of(&self.shared.pool).await;
        if matches!(held, Err(Error::PoolTimedOut)) {
            // They know for how long they wait.
            return;
        }
        let (mut waiting, rows) = self.alike.queue().take(Instant::now());
        self.rows = rows;
        match held {
            // Each finds out by himself.
            Err(_) => part(waiting),
            Ok(held) if waiting.len() > 1 => self.run(waiting, held).await,
            Ok(held) => {
                if let Some(one) = waiting.pop() {
                    self.held = Some(Box::new(held));
                    // Where nobody listens, the slot is free again.
                    let _ = one.answer.send(Outcome::Alone(one.statement, Some(self)));
                }
            }
        }
    }

    async fn run(self, waiting: Vec<Waiting<Outcome>>, mut held: Held) {
        let Some(first) = waiting.first() else { return };
        let only_reads = first.statement.only_reads;
        let text = self.alike.batch_of(&first.statement, waiting.len());
        let count = waiting.len();
        tracing::trace!(target: "topchef_runtime::sql", text = %self.alike.text, count, "batch");
        let batch = Batch { waiting, text };
        let since = Instant::now();
        let ran = within(self.shared.longest_wait, batch.rows(&mut held)).await;
        held.heard(&ran, &self.shared.changed);
        drop(held);
        let ended = match &ran {
            Ok(_) => Ran::Well(since.elapsed()),
            Err(error) if is_unsupported(error) => Ran::Unsupported,
            Err(_) => Ran::Undone,
        };
        self.alike.queue().size.ran(count, ended, Instant::now());
        if ran.is_ok() {
            self.shared.counters.add(count);
        }
        // Who waits goes on before the answers are looked at.
        drop(self);
        match ran {
            Ok(rows) => batch.answer(rows),
            Err(error) if is_undone(&error) || only_reads && is_lost(&error) => part(batch.waiting),
            Err(error) => batch.fail(error),
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        // Who is next has the connection.
        drop(self.held.take());
        let next = {
            let mut queue = self.alike.queue();
            if let Some(since) = self.alone {
                queue.size.ran_alone(since.elapsed());
            }
            queue.close(self.number, &self.rows);
            let next = self.passes_on.then_some(&self.shared);
            next.and_then(|shared| queue.take_awaited(shared.few, shared.all()))
        };
        if let Some(number) = next {
            Self::new(&self.shared, Arc::clone(&self.alike), number).set_out();
        }
    }
}

/// Statements that are run as one.
struct Batch {
    waiting: Vec<Waiting<Outcome>>,
    text: Arc<str>,
}

impl Batch {
    async fn rows(&self, held: &mut Held) -> Result<Vec<PgRow>, Error> {
        let values = self.waiting.iter().flat_map(|one| &one.statement.values);
        let text = AssertSqlSafe(Arc::clone(&self.text)).into_sql_str();
        let query = sqlx::query_with(text, bound(values)?);
        query.fetch_all(held.connection()?).await
    }

    /// Gives each its row. One that changed none is run by itself: its row may be there, and another of the batch was
    /// faster, by a key that only the database holds to be the same.
    fn answer(self, rows: Vec<PgRow>) {
        let mut found: Vec<Option<PgRow>> = self.waiting.iter().map(|_| None).collect();
        for row in rows {
            let Some(place) = last_number(&row).and_then(|place| found.get_mut(place)) else {
                return self.fail(Error::Protocol("a row without its number".to_owned()));
            };
            place.get_or_insert(row);
        }
        for (one, row) in self.waiting.into_iter().zip(found) {
            let outcome = match row {
                None if one.changes() => Outcome::Alone(one.statement, None),
                row => Outcome::Done(row),
            };
            // Nobody listens where it was given up.
            let _ = one.answer.send(outcome);
        }
    }

    /// Nobody knows what became of them.
    fn fail(self, error: Error) {
        let error = Arc::new(error);
        for one in self.waiting {
            let _ = one.answer.send(Outcome::Failed(shared(&error)));
        }
    }
}

/// Has each run by itself, because nothing of them stands.
fn part(waiting: Vec<Waiting<Outcome>>) {
    for one in waiting {
        let _ = one.answer.send(Outcome::Alone(one.statement, None));
    }
}
