//! Who waits to be run with others of one text, and the slots that are taken.
//!
//! It does not know what goes in a slot, nor how anything is run.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::size::Size;
use crate::column::Value;
use crate::sql::Statement;

/// For how long statements are waited for that are on their way, beyond what they used to take; and for how long one that
/// has no transaction waits for each lock.
pub(in super::super) const PATIENCE: Duration = Duration::from_millis(20);

/// How many values a batch may have: the server keeps a plan for it.
const VALUES: usize = 256;

/// How long the texts and bytes of a batch may be: those who wait with a long one would wait for it.
const BYTES: usize = 256 * 1024;

/// Statements of one text that wait for an answer of this type.
pub(super) struct Queue<A> {
    waiting: VecDeque<Waiting<A>>,
    /// Those that are taken, and since when.
    slots: Vec<(SlotNumber, Instant)>,
    /// The rows that are changed by batches now.
    rows: Vec<u64>,
    /// The last number that was given.
    last: u64,
    pub(super) size: Size,
}

/// Which slot it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SlotNumber(u64);

/// Which of those who wait it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct WaitingNumber(u64);

/// One who waits.
#[derive(Debug)]
pub(super) struct Waiting<A> {
    number: WaitingNumber,
    pub(super) statement: Statement,
    /// The row that it changes, where it changes one that is there.
    row: Option<u64>,
    pub(super) answer: oneshot::Sender<A>,
}

impl<A> Waiting<A> {
    /// Whether it changes a row that is there.
    pub(super) fn changes(&self) -> bool {
        self.row.is_some()
    }
}

impl<A> Queue<A> {
    /// One of which so many go along at once at most.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            waiting: VecDeque::new(),
            slots: Vec::new(),
            rows: Vec::new(),
            last: 0,
            size: Size::new(limit),
        }
    }

    fn number(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    fn open(&mut self) -> SlotNumber {
        let number = SlotNumber(self.number());
        self.slots.push((number, Instant::now()));
        number
    }

    /// Frees a slot, in which these rows were changed by a batch.
    pub(super) fn close(&mut self, number: SlotNumber, rows: &[u64]) {
        self.slots.retain(|(other, _)| *other != number);
        self.rows.retain(|row| !rows.contains(row));
    }

    /// Whether nothing is run in batches for now.
    pub(super) fn is_alone(&mut self) -> bool {
        self.size.again(Instant::now());
        self.size.most() < 2
    }

    /// Whether a slot is free, of few or of all; those that are late do not count.
    fn is_free(&self, few: usize, all: usize) -> bool {
        let patience = self.patience();
        let is_late = |(_, since): &&(SlotNumber, Instant)| since.elapsed() >= patience;
        let late = self.slots.iter().filter(is_late).count();
        self.slots.len() - late < self.size.slots(few, all)
    }

    /// A slot for one who need not wait for it.
    pub(super) fn take_free(&mut self, few: usize, all: usize) -> Option<SlotNumber> {
        let is_free = self.waiting.is_empty() && self.is_free(few, all);
        is_free.then(|| self.open())
    }

    /// A slot for those who wait, where one is free.
    pub(super) fn take_awaited(&mut self, few: usize, all: usize) -> Option<SlotNumber> {
        let is_awaited = !self.waiting.is_empty() && self.is_free(few, all);
        is_awaited.then(|| self.open())
    }

    /// One more slot, where more wait than go along at once.
    pub(super) fn take_crowded(&mut self, all: usize) -> Option<SlotNumber> {
        let is_crowded = self.waiting.len() >= self.size.most() && self.slots.len() < all;
        is_crowded.then(|| self.open())
    }

    /// Waits for an answer.
    pub(super) fn join(
        &mut self,
        statement: Statement,
        row: Option<u64>,
        answer: oneshot::Sender<A>,
    ) -> WaitingNumber {
        let number = WaitingNumber(self.number());
        self.waiting.push_back(Waiting {
            number,
            statement,
            row,
            answer,
        });
        number
    }

    /// For how long a slot is taken that is not late.
    pub(super) fn patience(&self) -> Duration {
        PATIENCE + self.size.alone() * 2
    }

    /// Waits no longer; false where it is on its way.
    pub(super) fn leave(&mut self, number: WaitingNumber) -> bool {
        let before = self.waiting.len();
        self.waiting.retain(|waiting| waiting.number != number);
        self.waiting.len() < before
    }

    /// Takes those who are next: one, or a power of two of them, so that there are few texts for them.
    ///
    /// With a batch come the rows that it changes: no row twice, none that another batch of this text changes, and in an
    /// order that is the same for all texts and programs, so that batches do not wait for each other in a circle.
    pub(super) fn take(&mut self, now: Instant) -> (Vec<Waiting<A>>, Vec<u64>) {
        self.waiting.retain(|waiting| !waiting.answer.is_closed());
        self.size.again(now);
        let first = self.waiting.front();
        let values = first.map_or(0, |first| first.statement.values.len());
        let most = self.size.most().min(VALUES / values.max(1));
        let mut indices: Vec<usize> = Vec::new();
        let mut bytes = 0;
        for (index, one) in self.waiting.iter().enumerate() {
            bytes += one.statement.values.iter().map(length).sum::<usize>();
            if indices.len() >= most || bytes > BYTES {
                break;
            }
            let is_taken = one.row.is_some_and(|row| {
                let mut others = indices.iter().map(|index| self.waiting[*index].row);
                self.rows.contains(&row) || others.any(|other| other == Some(row))
            });
            if !is_taken {
                indices.push(index);
            }
        }
        match indices.len().checked_ilog2() {
            Some(exponent) if exponent > 0 => indices.truncate(1 << exponent),
            // One by itself waits for nobody who waits for it.
            _ => return (self.waiting.pop_front().into_iter().collect(), Vec::new()),
        }
        let taken = indices.iter().rev();
        let mut batch: Vec<_> = taken
            .filter_map(|index| self.waiting.remove(*index))
            .collect();
        batch.reverse();
        batch.sort_by_key(|waiting| waiting.row);
        let rows: Vec<u64> = batch.iter().filter_map(|waiting| waiting.row).collect();
        self.rows.extend(&rows);
        (batch, rows)
    }
}

/// The length of a text, or of bytes; all else is short.
fn length(value: &Value) -> usize {
    match value {
        Value::String(Some(text)) => text.len(),
        Value::Bytes(Some(bytes)) => bytes.len(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::super::size::Ran;
    use super::*;

    type Answered = oneshot::Receiver<()>;

    fn statement(text: &str) -> Statement {
        let mut statement = Statement::plain("SELECT $1");
        statement.values.push(Value::from(text));
        statement
    }

    fn queue(most: usize) -> Queue<()> {
        let mut queue = Queue::new(most);
        let mut count = queue.size.most();
        while count < most {
            queue
                .size
                .ran(count, Ran::Well(Duration::ZERO), Instant::now());
            count = queue.size.most();
        }
        queue
    }

    fn join(queue: &mut Queue<()>, text: &str, row: Option<u64>) -> (WaitingNumber, Answered) {
        let (answer, answered) = oneshot::channel();
        (queue.join(statement(text), row, answer), answered)
    }

    /// What is taken next, by its texts.
    fn taken(queue: &mut Queue<()>) -> (Vec<String>, Vec<u64>) {
        let (group, rows) = queue.take(Instant::now());
        let texts = group.into_iter().flat_map(|one| one.statement.values);
        let texts = texts.map(|value| match value {
            Value::String(Some(text)) => text,
            other => panic!("{other:?}"),
        });
        (texts.collect(), rows)
    }

    #[test]
    fn those_who_came_first_go_in_powers_of_two() {
        let mut queue = queue(4);
        let names = ["a", "b", "c", "d", "e", "f", "g"];
        let _answered: Vec<_> = names.map(|name| join(&mut queue, name, None)).into();
        assert_eq!(taken(&mut queue).0, ["a", "b", "c", "d"]);
        assert_eq!(taken(&mut queue).0, ["e", "f"]);
        assert_eq!(taken(&mut queue).0, ["g"]);
        assert!(taken(&mut queue).0.is_empty());
    }

    #[test]
    fn no_row_is_changed_by_two_that_could_wait_for_each_other() {
        let mut queue = queue(4);
        let rows = [("a", 2), ("b", 2), ("c", 1), ("d", 1), ("e", 3), ("f", 2)];
        let _answered: Vec<_> = rows
            .map(|(name, row)| join(&mut queue, name, Some(row)))
            .into();
        let (first, held) = taken(&mut queue);
        // In the order of the rows.
        assert_eq!((first.join(""), &held), ("ca".to_owned(), &vec![1, 2]));
        // Of those that are left only one is free: so the first goes, and waits in the database.
        assert_eq!(taken(&mut queue), (vec!["b".to_owned()], vec![]));
        let slot = queue.open();
        queue.close(slot, &held);
        let (next, held) = taken(&mut queue);
        assert_eq!((next.join(""), held), ("de".to_owned(), vec![1, 3]));
        assert_eq!(taken(&mut queue).0, ["f"]);
    }

    #[test]
    fn what_was_given_up_is_not_taken() {
        let mut queue = queue(4);
        let (_, given_up) = join(&mut queue, "a", None);
        let _kept = join(&mut queue, "b", None);
        drop(given_up);
        assert_eq!(taken(&mut queue).0, ["b"]);
    }

    #[test]
    fn long_ones_and_those_of_many_values_do_not_go_with_many() {
        let mut queue = queue(8);
        let long = "x".repeat(BYTES + 1);
        let texts = ["a", &long, "b", "c"];
        let _answered: Vec<_> = texts.map(|text| join(&mut queue, text, None)).into();
        assert_eq!(taken(&mut queue).0, ["a"]);
        assert_eq!(taken(&mut queue).0, [long.as_str()]);
        assert_eq!(taken(&mut queue).0, ["b", "c"]);

        let mut wide = queue_of_wide(VALUES / 2 + 1);
        assert_eq!(wide.take(Instant::now()).0.len(), 1);
        let mut wide = queue_of_wide(VALUES / 2);
        assert_eq!(wide.take(Instant::now()).0.len(), 2);
    }

    /// Four statements of so many values.
    fn queue_of_wide(values: usize) -> Queue<()> {
        let mut queue = queue(8);
        for _ in 0..4 {
            let (answer, answered) = oneshot::channel();
            let mut statement = statement("a");
            statement.values.resize(values, Value::from(1_i64));
            queue.join(statement, None, answer);
            // It listens for as long as the test runs.
            std::mem::forget(answered);
        }
        queue
    }

    #[test]
    fn slots_are_taken_for_those_who_wait() {
        let mut queue = queue(2);
        let taken = [queue.take_free(2, 10), queue.take_free(2, 10)];
        let [first, _second] = taken.map(Option::unwrap);
        assert!(queue.take_free(2, 10).is_none() && queue.take_awaited(2, 10).is_none());
        let _one = join(&mut queue, "a", None);
        assert!(queue.take_crowded(10).is_none());
        let _two = join(&mut queue, "b", None);
        assert!(queue.take_crowded(2).is_none() && queue.take_awaited(2, 10).is_none());
        queue.close(first, &[]);
        // Who comes now does not go before those who wait.
        assert!(queue.take_free(2, 10).is_none());
        assert!(queue.take_awaited(2, 10).is_some());
        assert!(queue.take_crowded(10).is_some());
        assert_eq!(queue.slots.len(), 3);
    }

    #[test]
    fn slots_that_are_late_keep_nobody_waiting() {
        let mut queue = queue(2);
        let slots = [queue.open(), queue.open()];
        assert!(queue.take_free(2, 10).is_none());
        let long_ago = Instant::now().checked_sub(PATIENCE).unwrap();
        queue.slots = slots.map(|slot| (slot, long_ago)).into();
        assert!(queue.take_free(2, 10).is_some());
        let _one = join(&mut queue, "a", None);
        assert!(queue.take_awaited(2, 10).is_some());
        assert!(queue.take_awaited(2, 10).is_none());
        // What takes that long by itself is not late.
        queue.size.ran_alone(PATIENCE);
        assert!(!queue.is_free(2, 2));
    }

    #[test]
    fn who_leaves_is_not_taken_and_who_was_taken_does_not_leave() {
        let mut queue = queue(2);
        let (one, _answered) = join(&mut queue, "a", None);
        let (two, _answered_too) = join(&mut queue, "b", None);
        assert!(queue.leave(one) && !queue.leave(one));
        assert_eq!(taken(&mut queue).0, ["b"]);
        assert!(!queue.leave(two));
    }
}
