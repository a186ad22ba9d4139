//! The threads that read, and what waits for them.
//!
//! To wake a thread takes longer than to read a row by its key, and so does a read transaction's lock of the file.
//! So what is brief is taken by the handful, read in one transaction, and answered together; and while somebody is awake
//! who will look at the queue soon, reads wait for him instead of waking another: a few where nobody knows how long the
//! next takes, and what is brief until he falls behind or is slow. Two who take turns at what one can do are slower than
//! he, because each finds the queue empty and sleeps, to be woken for the next read; so who fell asleep last is called
//! first, too.
//! What was thought to be brief and is not ends its handful: what is left of that goes back to the queue, another reader
//! is called for it, and who was slow takes one at a time, until one is brief again.
//! It does not know what is read.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::connection::{Access, begin_to_read, connect, end_reading, spawn_over};
use super::{SqliteOptions, WAITING};
use crate::database::DatabaseError;

/// How many brief reads a reader takes at once.
const HANDFUL: usize = 16;

/// How many reads may wait for each reader that is awake before another is called, where nobody knows how long the next of
/// them takes, or who is awake is slow.
const PATIENCE: usize = 8;

/// After how many handfuls in a row that left something brief, whoever took them, those who are awake are behind.
const BEHIND: usize = 16;

/// How long a read by a key takes at most, where nothing is slow.
const BRIEF: Duration = Duration::from_micros(500);

/// After how many times as long those who wait for a handful do not wait for it any more: its reader may only have been
/// without a processor for a while.
const SLOW: u32 = 10;

/// How long a read may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Length {
    /// As long as it takes to find a row by its key.
    Brief,
    /// Nobody knows.
    Unknown,
}

/// The reader threads, which end when this is dropped and nothing waits any more.
#[derive(Debug)]
pub(super) struct Readers(Arc<Queue>);

impl Readers {
    /// Starts as many threads as the options say, each with a connection of its own.
    pub(super) fn start(options: &SqliteOptions) -> Result<Self, DatabaseError> {
        let readers = Self(Arc::new(Queue::new(BRIEF)));
        for number in 0..options.readers {
            let connection = connect(options, Access::Read)?;
            let queue = Arc::clone(&readers.0);
            queue.state().looking += 1;
            let name = format!("topchef-reader-{number}");
            spawn_over(&name, connection, move |connection| {
                let mut most = HANDFUL;
                while let Some(taken) = queue.take(most) {
                    let was_brief = taken.read(connection, &queue);
                    most = if was_brief { HANDFUL } else { 1 };
                }
            })?;
        }
        Ok(readers)
    }

    /// How many reads wait now.
    pub(super) fn waiting(&self) -> usize {
        self.0.state().waiting.len()
    }

    /// Has a reader run this.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        length: Length,
        ask: impl FnOnce(&Connection) -> Result<T, DatabaseError> + Send + 'static,
    ) -> Result<T, DatabaseError> {
        let (answer, answered) = oneshot::channel();
        let read = Box::new(Asked {
            ask: Some(ask),
            found: None,
            answer,
        });
        self.0.add(Waiting { length, read })?;
        answered.await.map_err(|_| DatabaseError::Closed)?
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// What waits, and who may be called for it.
#[derive(Debug)]
struct Queue {
    state: Mutex<State>,
    /// How long what is brief may take, by the handful too.
    brief: Duration,
}

impl Queue {
    fn new(brief: Duration) -> Self {
        Self {
            state: Mutex::default(),
            brief,
        }
    }
}

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<Waiting>,
    /// How many readers look at the queue now or soon: those who read what is brief, too.
    looking: usize,
    /// Who sleeps and was not called, who fell asleep last at the end.
    asleep: Vec<Thread>,
    /// Of how many handfuls in a row something brief was left.
    left: usize,
    /// When somebody took a handful last.
    taken: Option<Instant>,
    /// Nobody asks any more.
    closed: bool,
}

impl State {
    /// Whether more wait than may wait for those who look.
    fn is_crowded(&self) -> bool {
        self.waiting.len() > self.looking * PATIENCE
    }

    /// Whether those who look do not come to what is next soon, where a handful takes so long.
    fn is_late(&self, brief: Duration) -> bool {
        let is_slow = |since: Instant| since.elapsed() > brief * SLOW;
        self.is_crowded()
            && (self.looking == 0
                || !self.is_brief_next()
                || self.left >= BEHIND
                || self.taken.is_some_and(is_slow))
    }

    fn is_brief_next(&self) -> bool {
        self.waiting.front().is_some_and(Waiting::is_brief)
    }

    /// Who has to be woken; he is one of those who look, from then on.
    fn called(&mut self) -> Option<Thread> {
        let called = self.asleep.pop()?;
        self.looking += 1;
        self.left = 0;
        Some(called)
    }

    fn next_brief(&mut self) -> Option<Box<dyn Read>> {
        let next = self.waiting.pop_front_if(|next| next.is_brief());
        next.map(|next| next.read)
    }
}

impl Queue {
    /// Nothing that could panic is done under the lock.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, read: Waiting) -> Result<(), DatabaseError> {
        let mut state = self.state();
        if state.waiting.len() >= WAITING {
            return Err(DatabaseError::Busy);
        }
        state.waiting.push_back(read);
        if state.is_late(self.brief) {
            Self::call(state);
        }
        Ok(())
    }

    /// Gives back what was taken and is not done, in its order.
    fn give_back(&self, reads: impl DoubleEndedIterator<Item = Box<dyn Read>>) {
        let mut state = self.state();
        for read in reads.rev() {
            let length = Length::Brief;
            state.waiting.push_front(Waiting { length, read });
        }
        // What came before was slow, and so may be what comes next.
        Self::call(state);
    }

    fn call(mut state: MutexGuard<'_, State>) {
        let called = state.called();
        drop(state);
        if let Some(reader) = called {
            reader.unpark();
        }
    }

    /// Calls everybody, because nobody asks any more.
    fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        while let Some(reader) = state.called() {
            reader.unpark();
        }
    }

    /// What has waited longest, at most so many, and sleeps until there is something; nothing when nobody asks any more.
    ///
    /// All that is taken together was asked for before the transaction begins in which it is read: so everybody sees what
    /// was committed before he asked.
    fn take(&self, most: usize) -> Option<Taken> {
        let mut state = self.state();
        loop {
            match state.waiting.pop_front() {
                Some(first) if first.length == Length::Unknown || most == 1 => {
                    // He does not look at the queue for perhaps long: somebody else has to.
                    state.looking -= 1;
                    if state.is_crowded() {
                        Self::call(state);
                    }
                    return Some(Taken::Alone(first.read));
                }
                Some(first) => {
                    let mut reads = vec![first.read];
                    while reads.len() < most
                        && let Some(next) = state.next_brief()
                    {
                        reads.push(next);
                    }
                    state.taken = Some(Instant::now());
                    state.left = if state.is_brief_next() {
                        state.left + 1
                    } else {
                        0
                    };
                    if state.is_late(self.brief) {
                        Self::call(state);
                    }
                    return Some(Taken::Handful(reads));
                }
                None if state.closed => return None,
                None => state = self.sleep(state),
            }
        }
    }

    fn sleep<'a>(&'a self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        let reader = thread::current();
        state.looking -= 1;
        state.left = 0;
        state.asleep.push(reader.clone());
        // Some wake without a call.
        while state.asleep.iter().any(|other| other.id() == reader.id()) {
            drop(state);
            thread::park();
            state = self.state();
        }
        state
    }
}

struct Waiting {
    length: Length,
    read: Box<dyn Read>,
}

impl Waiting {
    fn is_brief(&self) -> bool {
        self.length == Length::Brief
    }
}

impl std::fmt::Debug for Waiting {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_tuple("Waiting")
            .field(&self.length)
            .finish()
    }
}

/// What a reader does next.
enum Taken {
    /// It may take long.
    Alone(Box<dyn Read>),
    /// All of it is brief.
    Handful(Vec<Box<dyn Read>>),
}

impl Taken {
    /// Reads it and answers, and says whether it was brief.
    fn read(self, connection: &Connection, queue: &Queue) -> bool {
        let began = Instant::now();
        match self {
            Self::Alone(mut read) => {
                begin_to_read(connection, false);
                carry_out(|| read.read(connection));
                let was_brief = began.elapsed() <= queue.brief;
                carry_out(|| read.answer());
                queue.state().looking += 1;
                was_brief
            }
            Self::Handful(mut reads) => {
                begin_to_read(connection, reads.len() > 1);
                let mut done = 0;
                while let Some(read) = reads.get_mut(done)
                    && (done == 0 || began.elapsed() <= queue.brief)
                {
                    carry_out(|| read.read(connection));
                    done += 1;
                }
                end_reading(connection);
                let was_brief = began.elapsed() <= queue.brief;
                if done < reads.len() {
                    queue.give_back(reads.drain(done..));
                }
                for read in reads {
                    carry_out(|| read.answer());
                }
                was_brief
            }
        }
    }
}

/// A panic must not end the reader: who asked sees the answer missing.
fn carry_out(work: impl FnOnce()) {
    let _ = catch_unwind(AssertUnwindSafe(work));
}

/// Work for a reader thread: first it is done, later its answer is sent.
trait Read: Send {
    fn read(&mut self, connection: &Connection);
    fn answer(self: Box<Self>);
}

struct Asked<F, T> {
    ask: Option<F>,
    found: Option<Result<T, DatabaseError>>,
    answer: oneshot::Sender<Result<T, DatabaseError>>,
}

impl<F, T> Read for Asked<F, T>
where
    F: FnOnce(&Connection) -> Result<T, DatabaseError> + Send,
    T: Send,
{
    fn read(&mut self, connection: &Connection) {
        // Nobody listens when the client went away: a queue of such reads must not keep others waiting.
        if !self.answer.is_closed()
            && let Some(ask) = self.ask.take()
        {
            self.found = Some(ask(connection));
        }
    }

    fn answer(self: Box<Self>) {
        if let Some(found) = self.found {
            // Nobody listens when the caller gave up.
            let _ = self.answer.send(found);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::{Duration, Instant};

    use super::super::testing::{Request, notes, options, stored};
    use super::*;

    /// Long enough that nobody waits for it by chance.
    const LONG: Duration = Duration::from_secs(20);

    /// Reads of these lengths wait for readers that there are not, and say their number.
    fn waiting(lengths: &[Length]) -> (Arc<Readers>, Vec<Request<usize>>) {
        let readers = unserved(LONG);
        let requests = lengths.iter().enumerate().map(|(number, &length)| {
            let readers = Arc::clone(&readers);
            Request::new(async move { readers.ask(length, move |_| Ok(number)).await })
        });
        let requests = requests.collect();
        (readers, requests)
    }

    /// Readers that there are not, of whom one is thought to be looking.
    fn unserved(brief: Duration) -> Arc<Readers> {
        let readers = Arc::new(Readers(Arc::new(Queue::new(brief))));
        readers.0.state().looking = 1;
        readers
    }

    fn taken(readers: &Readers) -> usize {
        match readers.0.take(HANDFUL) {
            Some(Taken::Handful(reads)) => reads.len(),
            Some(Taken::Alone(_)) => 1,
            None => 0,
        }
    }

    #[test]
    fn what_is_brief_is_taken_by_the_handful_and_all_else_alone() {
        use Length::{Brief, Unknown};
        let (readers, _requests) = waiting(&[Brief, Brief, Brief, Unknown, Unknown, Brief]);
        assert_eq!(taken(&readers), 3);
        for _ in 0..2 {
            assert_eq!(taken(&readers), 1);
            // As the reader says when it is done.
            readers.0.state().looking += 1;
        }
        assert_eq!(taken(&readers), 1);
        assert_eq!(readers.waiting(), 0);
        let (readers, _requests) = waiting(&[Brief; HANDFUL + 1]);
        assert_eq!((taken(&readers), taken(&readers)), (HANDFUL, 1));
        readers.0.state().closed = true;
        assert_eq!(taken(&readers), 0);
    }

    #[test]
    fn brief_reads_wait_for_who_looks_until_he_falls_behind_and_others_do_not() {
        use Length::{Brief, Unknown};
        let asleep = |readers: &Readers| readers.0.state().asleep.len();
        let requests = |readers: &Arc<Readers>, length, number: usize| {
            let asked = (0..number).map(|_| {
                let readers = Arc::clone(readers);
                Request::new(async move { readers.ask(length, |_| Ok(())).await })
            });
            asked.collect::<Vec<_>>()
        };
        let sleeping_over = |brief| {
            let readers = unserved(brief);
            readers.0.state().asleep.push(thread::current());
            readers
        };
        let sleeping = || sleeping_over(LONG);
        // As many as he may leave, and then one more in a row.
        let readers = sleeping();
        let mut waiting = requests(&readers, Brief, HANDFUL + PATIENCE + 1);
        for _ in 1..BEHIND {
            assert_eq!(taken(&readers), HANDFUL);
            waiting.extend(requests(&readers, Brief, HANDFUL));
            assert_eq!(asleep(&readers), 1);
        }
        assert_eq!(taken(&readers), HANDFUL);
        assert_eq!(asleep(&readers), 0);
        // One that he leaves nothing of is the end of a row.
        let readers = sleeping();
        for _ in 0..=BEHIND {
            waiting.extend(requests(&readers, Brief, HANDFUL + 1));
            assert_eq!((taken(&readers), taken(&readers)), (HANDFUL, 1));
        }
        assert_eq!(asleep(&readers), 1);
        // So is one of which something else is left.
        let readers = sleeping();
        for _ in 0..=BEHIND {
            waiting.extend(requests(&readers, Brief, HANDFUL));
            waiting.extend(requests(&readers, Unknown, 1));
            assert_eq!(taken(&readers), HANDFUL);
            assert_eq!(readers.0.state().left, 0);
            drop(readers.0.state().waiting.pop_front());
        }
        assert_eq!(asleep(&readers), 1);
        // Whose handful takes too long.
        let readers = sleeping_over(Duration::ZERO);
        waiting.extend(requests(&readers, Brief, HANDFUL));
        assert_eq!((asleep(&readers), taken(&readers)), (1, HANDFUL));
        waiting.extend(requests(&readers, Brief, PATIENCE));
        assert_eq!(asleep(&readers), 1);
        waiting.extend(requests(&readers, Brief, 1));
        assert_eq!(asleep(&readers), 0);
        // Of unknown length, in front or alone.
        let readers = sleeping();
        waiting.extend(requests(&readers, Unknown, PATIENCE));
        assert_eq!(asleep(&readers), 1);
        waiting.extend(requests(&readers, Unknown, 1));
        assert_eq!(asleep(&readers), 0);
    }

    #[test]
    fn who_fell_asleep_last_is_called_first() {
        let options = options().readers(3);
        drop(notes(&options));
        let readers = Arc::new(Readers::start(&options).unwrap());
        let asleep = || {
            until(|| readers.0.state().asleep.len() == 3);
            let state = readers.0.state();
            state.asleep.iter().map(Thread::id).collect::<Vec<_>>()
        };
        let before = asleep();
        for _ in 0..50 {
            answered(&readers, Length::Brief);
            assert_eq!(asleep(), before);
        }
    }

    /// How many notes each of four sees, where somebody stores one more after each.
    fn seen(brief: Duration) -> Vec<i64> {
        let options = options();
        let writes = Arc::new(Mutex::new(notes(&options)));
        let reads = connect(&options, Access::Read).unwrap();
        let readers = unserved(brief);
        let requests = (0..4).map(|number| {
            let (readers, writes) = (Arc::clone(&readers), Arc::clone(&writes));
            Request::new(async move {
                let read = move |connection: &Connection| {
                    let seen = stored(connection);
                    let text = format!("INSERT INTO notes VALUES ('{number}')");
                    writes.lock().unwrap().execute_batch(&text)?;
                    Ok(seen)
                };
                readers.ask(Length::Brief, read).await
            })
        });
        let mut requests: Vec<_> = requests.collect();
        let mut most = HANDFUL;
        while readers.waiting() > 0 {
            let taken = readers.0.take(most).unwrap();
            let was_brief = taken.read(&reads, &readers.0);
            assert_eq!(was_brief, brief > Duration::ZERO);
            most = if was_brief { HANDFUL } else { 1 };
            assert!(reads.is_autocommit());
        }
        let answers = requests.iter_mut().map(Request::answer);
        answers.map(|answer| answer.unwrap().unwrap()).collect()
    }

    #[test]
    fn a_handful_sees_one_state_and_what_is_left_of_it_a_later_one() {
        assert_eq!(seen(LONG), [0, 0, 0, 0]);
        assert_eq!(seen(Duration::ZERO), [0, 1, 2, 3]);
    }

    fn read_all(readers: &Readers, connection: &Connection) {
        while readers.waiting() > 0 {
            let taken = readers.0.take(HANDFUL).unwrap();
            taken.read(connection, &readers.0);
        }
    }

    #[test]
    fn one_that_panics_takes_nothing_along() {
        let options = options();
        let connection = notes(&options);
        let readers = unserved(LONG);
        let requests = (0..3).map(|number| {
            let readers = Arc::clone(&readers);
            Request::new(async move {
                let read = move |_: &Connection| {
                    assert!(number != 1, "one of them panics");
                    Ok(number)
                };
                readers.ask(Length::Brief, read).await
            })
        });
        let mut requests: Vec<_> = requests.collect();
        read_all(&readers, &connection);
        let answers = requests.iter_mut().map(Request::answer);
        let answers: Vec<_> = answers.map(Option::unwrap).collect();
        assert!(matches!(answers[0], Ok(0)), "{answers:?}");
        assert!(
            matches!(answers[1], Err(DatabaseError::Closed)),
            "{answers:?}"
        );
        assert!(matches!(answers[2], Ok(2)), "{answers:?}");
    }

    #[test]
    fn work_that_nobody_waits_for_is_not_done() {
        let options = options();
        let connection = notes(&options);
        let (readers, mut requests) = waiting(&[Length::Brief, Length::Unknown]);
        let done = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&done);
        let asking = Arc::clone(&readers);
        let read = async move {
            let ask = move |_: &Connection| Ok(counted.fetch_add(1, Ordering::Relaxed));
            asking.ask(Length::Brief, ask).await
        };
        drop(Request::new(read));
        requests.remove(0);
        read_all(&readers, &connection);
        assert!(matches!(requests.remove(0).answer(), Some(Ok(1))));
        assert_eq!(done.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn more_than_may_wait_are_refused_at_once() {
        let (readers, _requests) = waiting(&vec![Length::Brief; WAITING]);
        let asking = Arc::clone(&readers);
        let ask = async move { asking.ask(Length::Brief, |_| Ok(())).await };
        let refused = Request::of(ask).answer().expect("it does not wait");
        assert!(matches!(refused, Err(DatabaseError::Busy)), "{refused:?}");
    }

    /// A read that has begun, and that ends when the barrier is waited for.
    fn begun(readers: &Arc<Readers>, length: Length) -> (Request<()>, Arc<Barrier>) {
        let (begins, ends) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
        let (began, ended) = (Arc::clone(&begins), Arc::clone(&ends));
        let asking = Arc::clone(readers);
        let read = Request::new(async move {
            let ask = move |_: &Connection| {
                began.wait();
                ended.wait();
                Ok(())
            };
            asking.ask(length, ask).await
        });
        begins.wait();
        (read, ends)
    }

    /// A brief read while all readers but one are at something long, and as long as that takes.
    #[test]
    fn a_brief_read_waits_for_no_long_one_while_a_reader_sleeps() {
        let options = options().readers(2);
        drop(notes(&options));
        let readers = Arc::new(Readers::start(&options).unwrap());
        for _ in 0..50 {
            let (long, ends) = begun(&readers, Length::Unknown);
            answered(&readers, Length::Brief);
            answered(&readers, Length::Unknown);
            ends.wait();
            answer_of(long);
        }
    }

    #[test]
    fn nobody_is_forgotten_however_many_ask_at_once() {
        let options = options().readers(3);
        drop(notes(&options));
        let readers = Arc::new(Readers::start(&options).unwrap());
        thread::scope(|scope| {
            for client in 0..8_usize {
                let readers = &readers;
                scope.spawn(move || {
                    for number in 0..500_usize {
                        let length = if (client + number).is_multiple_of(5) {
                            Length::Unknown
                        } else {
                            Length::Brief
                        };
                        answered(readers, length);
                    }
                });
            }
        });
        // They sleep, or are about to.
        until(|| readers.0.state().asleep.len() == 3);
        let state = readers.0.state();
        assert_eq!((state.waiting.len(), state.looking), (0, 0));
    }

    fn until(holds: impl Fn() -> bool) {
        let patience = Instant::now() + LONG;
        while !holds() {
            assert!(Instant::now() < patience, "it never comes");
            thread::yield_now();
        }
    }

    /// What takes longer than it should, among others that were taken with it.
    #[test]
    fn what_is_not_brief_ends_its_handful_and_another_reader_goes_on() {
        let options = options().readers(2);
        drop(notes(&options));
        let readers = Arc::new(Readers::start(&options).unwrap());
        until(|| readers.0.state().asleep.len() == 2);
        let (first, ends) = begun(&readers, Length::Brief);
        thread::sleep(BRIEF);
        // They wait for who is at the first: of him it is thought that he is soon done.
        let together = Arc::new(Barrier::new(2));
        let others: Vec<_> = (0..PATIENCE)
            .map(|_| {
                let (asking, together) = (Arc::clone(&readers), Arc::clone(&together));
                let slow = move |_: &Connection| {
                    together.wait();
                    thread::sleep(BRIEF * 2);
                    Ok(())
                };
                Request::new(async move { asking.ask(Length::Brief, slow).await })
            })
            .collect();
        assert_eq!(readers.waiting(), PATIENCE);
        assert_eq!(readers.0.state().asleep.len(), 1);
        ends.wait();
        answer_of(first);
        // None of them ends before two readers are at it.
        others.into_iter().for_each(answer_of);
        until(|| readers.0.state().asleep.len() == 2);
        assert_eq!(readers.0.state().looking, 0);
    }

    #[test]
    fn all_readers_end_when_nobody_asks_any_more() {
        let options = options().readers(3);
        drop(notes(&options));
        let readers = Readers::start(&options).unwrap();
        let queue = Arc::downgrade(&readers.0);
        let readers = Arc::new(readers);
        until(|| readers.0.state().asleep.len() == 3);
        let (long, ends) = begun(&readers, Length::Unknown);
        drop((long, readers));
        ends.wait();
        until(|| queue.strong_count() == 0);
    }

    fn answered(readers: &Arc<Readers>, length: Length) {
        let asking = Arc::clone(readers);
        answer_of(Request::of(async move {
            asking
                .ask(length, |connection| Ok(stored(connection)))
                .await
        }));
    }

    fn answer_of<T>(mut request: Request<T>) {
        let patience = Instant::now() + LONG;
        loop {
            if let Some(answer) = request.answer() {
                assert!(answer.is_ok());
                return;
            }
            assert!(Instant::now() < patience, "nobody answers");
            thread::yield_now();
        }
    }
}
