//! Statements of one text that are on their way at once are run as a batch: one round trip, one process that wakes, one
//! commit.
//!
//! It does not know what they do. A few go by themselves at once; who comes while these are on their way waits for the next
//! slot, and goes with all others who wait for it by then. Where a batch fails each of its statements is run by itself, so
//! that each request hears of its own mistake.

mod queue;
mod size;
mod slot;

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::thread::available_parallelism;
use std::time::Duration;

use sqlx::postgres::PgRow;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

use super::failure::{described, no_answer};
use super::pool::{Changed, Pool};
use super::{KEPT_VALUES, Preparation};
use crate::column::Value;
use crate::database::DatabaseError;
use crate::sql::Statement;

use queue::Queue;

pub(super) use queue::PATIENCE;
pub(super) use slot::Slot;

/// How many texts are known at once: clients choose them too.
const TEXTS: usize = 1024;

/// Runs statements in batches.
pub(super) struct Batches(Arc<Shared>);

struct Shared {
    pool: Pool,
    changed: Changed,
    /// For how long an answer is waited for.
    longest_wait: Duration,
    /// How many statements a batch has at most.
    limit: usize,
    /// How many slots a text has where statements are brief.
    few: usize,
    /// By the addresses of their texts.
    alike: RwLock<HashMap<usize, Arc<Alike>>>,
    counters: Counters,
}

/// What went well so far.
#[derive(Default)]
struct Counters {
    batches: AtomicU64,
    statements: AtomicU64,
}

/// All statements of one text.
struct Alike {
    /// Kept, so that no other text comes to its address.
    text: Arc<str>,
    /// The texts of batches, by the exponent of two that they have statements.
    batches: Mutex<Vec<Option<Arc<str>>>>,
    queue: Mutex<Queue<Outcome>>,
}

/// What became of a statement.
pub(super) enum Outcome {
    /// It is to be run by itself, in this slot where there is one.
    Alone(Statement, Option<Slot>),
    /// It was run, and gave this row.
    Done(Option<PgRow>),
    /// It failed, and nobody knows whether it was carried out; or it waited too long, and was not.
    Failed(DatabaseError),
}

impl Batches {
    /// Over these connections, of so many statements at most.
    pub(super) fn new(
        pool: &Pool,
        changed: &Changed,
        longest_wait: Duration,
        limit: usize,
    ) -> Self {
        // More than this program has processors are hardly kept busy by it.
        let processors = available_parallelism().map_or(1, usize::from);
        Self(Arc::new(Shared {
            few: processors.max(2).min(pool.limit() as usize),
            pool: pool.clone(),
            changed: changed.clone(),
            longest_wait,
            limit,
            alike: RwLock::default(),
            counters: Counters::default(),
        }))
    }

    /// How many batches there were, and of how many statements together.
    pub(super) fn counts(&self) -> (u64, u64) {
        self.0.counters.read()
    }

    /// Has a statement run in a batch, where others of its text are on their way.
    ///
    /// One that is given up while it waits is never run.
    pub(super) async fn run(&self, statement: Statement) -> Outcome {
        let Self(shared) = self;
        let is_kept = statement.values.len() <= KEPT_VALUES;
        if shared.limit < 2 || statement.subject.is_none() || !is_kept {
            return Outcome::Alone(statement, None);
        }
        let alike = shared.alike(&statement.text);
        let (number, mut answered, crowded) = {
            let mut queue = alike.queue();
            if queue.is_alone() {
                return Outcome::Alone(statement, None);
            }
            if let Some(slot) = queue.take_free(shared.few, shared.all()) {
                drop(queue);
                return Outcome::Alone(statement, Some(Slot::new(shared, alike, slot)));
            }
            let (answer, answered) = oneshot::channel();
            let row = statement.changed_key().map(number_of);
            let number = queue.join(statement, row, answer);
            (number, answered, queue.take_crowded(shared.all()))
        };
        if let Some(slot) = crowded {
            Slot::new(shared, Arc::clone(&alike), slot).set_out();
        }
        let gone = |_| Outcome::Failed(described(no_answer()));
        let deadline = Instant::now() + shared.pool.acquire_timeout();
        loop {
            let look = Instant::now() + alike.queue().patience();
            if let Ok(answer) = timeout_at(deadline.min(look), &mut answered).await {
                return answer.unwrap_or_else(gone);
            }
            if Instant::now() >= deadline {
                if alike.queue().leave(number) {
                    return Outcome::Failed(DatabaseError::Busy);
                }
                // It is on its way.
                return answered.await.unwrap_or_else(gone);
            }
            // The slots that were taken before may be late.
            let slot = alike.queue().take_awaited(shared.few, shared.all());
            if let Some(slot) = slot {
                Slot::new(shared, Arc::clone(&alike), slot).set_out();
            }
        }
    }
}

impl Shared {
    /// As many slots as there can be.
    fn all(&self) -> usize {
        self.pool.limit() as usize
    }

    fn alike(&self, text: &Arc<str>) -> Arc<Alike> {
        // The same text at another address only waits in another queue.
        let address = text.as_ptr().addr();
        let alike = self.alike.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(alike) = alike.get(&address) {
            return Arc::clone(alike);
        }
        drop(alike);
        let mut alike = self.alike.write().unwrap_or_else(PoisonError::into_inner);
        if alike.len() >= TEXTS {
            alike.clear();
        }
        let alike = alike.entry(address).or_insert_with(|| {
            Arc::new(Alike {
                text: Arc::clone(text),
                batches: Mutex::default(),
                queue: Mutex::new(Queue::new(self.limit)),
            })
        });
        Arc::clone(alike)
    }
}

impl Counters {
    fn add(&self, statements: usize) {
        // Whoever reads in between finds no batch without statements.
        let statements = u64::try_from(statements).unwrap_or(u64::MAX);
        self.statements.fetch_add(statements, Ordering::Release);
        self.batches.fetch_add(1, Ordering::Release);
    }

    fn read(&self) -> (u64, u64) {
        let batches = self.batches.load(Ordering::Acquire);
        (batches, self.statements.load(Ordering::Acquire))
    }
}

impl Alike {
    fn queue(&self) -> MutexGuard<'_, Queue<Outcome>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The text of a batch of so many, a power of two, with this one among them.
    fn batch_of(&self, statement: &Statement, count: usize) -> Arc<str> {
        let mut batches = self.batches.lock().unwrap_or_else(PoisonError::into_inner);
        let exponent = count.trailing_zeros() as usize;
        if batches.len() <= exponent {
            batches.resize(exponent + 1, None);
        }
        let text = batches[exponent].get_or_insert_with(|| statement.batch_text(count));
        Arc::clone(text)
    }
}

/// How many statements a batch has at most where so many are asked for.
pub(super) fn limit(preparation: Preparation, asked: usize) -> usize {
    match preparation {
        Preparation::Kept => asked,
        // Each batch would be planned anew.
        Preparation::Anew => 1,
    }
}

/// A number for a key, the same in all programs. Two keys may have one: then they wait for each other for nothing.
fn number_of(key: &[Value]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for value in key {
        match value {
            Value::BigInt(number) => number.hash(&mut hasher),
            Value::Uuid(uuid) => uuid.hash(&mut hasher),
            Value::String(text) => text.hash(&mut hasher),
            Value::Decimal(number) => number.hash(&mut hasher),
            other => format!("{other:?}").hash(&mut hasher),
        }
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;

    #[test]
    fn keys_that_are_the_same_number_have_one() {
        let key = |places| number_of(&[Value::from(Decimal::new(10_i64.pow(places), places))]);
        assert_eq!(key(0), key(3));
        let others = [
            vec![Value::from(1_i64)],
            vec![Value::from(2_i64)],
            vec![Value::from(1_i64), Value::from(2_i64)],
            vec![Value::from("1")],
            vec![Value::from(1.5_f64)],
        ];
        let numbers = others.map(|key| number_of(&key));
        for (place, number) in numbers.iter().enumerate() {
            assert!(!numbers[..place].contains(number));
        }
    }
}
