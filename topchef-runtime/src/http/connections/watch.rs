//! What one look now and then at all open connections needs to know of each: whether it waits for the head of a request, and
//! since when.
//!
//! A timer of its own for each head would be set and given up with every request, which is dearer than all else that a
//! connection costs; so a head is only written down, and one task looks at all of them.
//! It does not know what a connection is, and ends none: it is told, and ends itself.

use std::pin::Pin;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use atomic_waker::AtomicWaker;
use hyper::rt::{Sleep, Timer};

/// What a connection is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Told {
    /// Serve.
    GoOn,
    /// End when the request under way is answered.
    Finish,
    /// End.
    End,
}

/// No head is waited for.
const BUSY: u64 = u64::MAX;

/// All that are open.
#[derive(Debug)]
pub(super) struct Watch {
    began: Instant,
    watched: Mutex<Vec<Weak<Watched>>>,
}

/// One of them.
#[derive(Debug)]
pub(super) struct Watched {
    began: Instant,
    /// When it began to wait for a head, in milliseconds after that, or [`BUSY`].
    since: AtomicU64,
    told: AtomicU8,
    waker: AtomicWaker,
}

impl Watch {
    pub(super) fn new() -> Self {
        Self {
            began: Instant::now(),
            watched: Mutex::default(),
        }
    }

    /// One more, which waits for its first head from now on.
    pub(super) fn open(&self) -> Arc<Watched> {
        let watched = Arc::new(Watched {
            began: self.began,
            since: AtomicU64::new(BUSY),
            told: AtomicU8::new(Told::GoOn as u8),
            waker: AtomicWaker::new(),
        });
        watched.waits();
        self.lock().push(Arc::downgrade(&watched));
        watched
    }

    /// Tells those to end that have waited for a head for so long.
    pub(super) fn end_who_wait(&self, longest: Duration) {
        let longest = millis(longest);
        let now = millis(self.began.elapsed());
        self.each(|watched| {
            let since = watched.since.load(Ordering::Relaxed);
            if since.saturating_add(longest) <= now {
                watched.tell(Told::End);
            }
        });
    }

    pub(super) fn tell_all(&self, what: Told) {
        self.each(|watched| watched.tell(what));
    }

    /// Those that are gone are forgotten.
    fn each(&self, look: impl Fn(&Watched)) {
        self.lock().retain(|watched| {
            let watched = watched.upgrade();
            watched.inspect(|watched| look(watched)).is_some()
        });
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Weak<Watched>>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watched {
    /// What it was told last; who asks is woken when it is told something else.
    pub(super) fn told(&self, waker: &Waker) -> Told {
        self.waker.register(waker);
        match self.told.load(Ordering::Acquire) {
            told if told == Told::GoOn as u8 => Told::GoOn,
            told if told == Told::Finish as u8 => Told::Finish,
            _ => Told::End,
        }
    }

    /// A head is there.
    pub(super) fn is_busy(&self) {
        self.since.store(BUSY, Ordering::Relaxed);
    }

    /// It waits for a head from now on; where it waits already, it goes on waiting for the same one.
    fn waits(&self) {
        let since = millis(self.began.elapsed());
        let order = Ordering::Relaxed;
        // Otherwise it has waited for longer.
        let _ = self.since.compare_exchange(BUSY, since, order, order);
    }

    /// Nothing is taken back: who is told to end is not told to finish after it.
    fn tell(&self, what: Told) {
        if self.told.fetch_max(what as u8, Ordering::AcqRel) < what as u8 {
            self.waker.wake();
        }
    }
}

/// In which the HTTP library writes down that it waits for a head, as a timer that it gives up when the head is there.
#[derive(Debug)]
pub(super) struct Heads(pub(super) Arc<Watched>);

impl Timer for Heads {
    fn sleep(&self, _: Duration) -> Pin<Box<dyn Sleep>> {
        self.sleep_until(self.now())
    }

    /// The one who watches knows how long a head may take.
    fn sleep_until(&self, _: Instant) -> Pin<Box<dyn Sleep>> {
        self.0.waits();
        Box::pin(Head(Arc::clone(&self.0)))
    }

    /// The head that is waited for stays the same.
    fn reset(&self, _: &mut Pin<Box<dyn Sleep>>, _: Instant) {
        self.0.is_busy();
        self.0.waits();
    }
}

/// A head that is waited for.
#[derive(Debug)]
struct Head(Arc<Watched>);

impl Sleep for Head {}

impl Future for Head {
    type Output = ();

    /// The connection ends when it is told to, and not when this is over.
    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        Poll::Pending
    }
}

impl Drop for Head {
    fn drop(&mut self) {
        self.0.is_busy();
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(BUSY)
}

#[cfg(test)]
mod tests {
    use std::thread::sleep;

    use super::*;

    const SHORT: Duration = Duration::from_millis(20);
    const LONG: Duration = Duration::from_hours(1);

    fn told(watched: &Watched) -> Told {
        watched.told(Waker::noop())
    }

    #[test]
    fn only_who_waits_for_a_head_for_long_is_told_to_end() {
        let watch = Watch::new();
        let [silent, busy, between] = [(); 3].map(|()| watch.open());
        let all = || [&silent, &busy, &between].map(|watched| told(watched));
        let wait = |longest| {
            sleep(SHORT);
            watch.end_who_wait(longest);
            all()
        };
        assert_eq!(wait(LONG), [Told::GoOn; 3]);
        busy.is_busy();
        between.is_busy();
        assert_eq!(wait(SHORT), [Told::End, Told::GoOn, Told::GoOn]);
        let head = Heads(Arc::clone(&between)).sleep(SHORT);
        assert_eq!(wait(LONG), [Told::End, Told::GoOn, Told::GoOn]);
        drop(head);
        assert_eq!(wait(SHORT), [Told::End, Told::GoOn, Told::GoOn]);
        let heads = Heads(Arc::clone(&between));
        let mut head = heads.sleep(SHORT);
        heads.reset(&mut head, Instant::now());
        assert_eq!(wait(SHORT), [Told::End, Told::GoOn, Told::End]);
    }

    #[test]
    fn the_first_bytes_of_a_head_do_not_begin_it_anew() {
        let watch = Watch::new();
        let watched = watch.open();
        sleep(SHORT);
        let _head = Heads(Arc::clone(&watched)).sleep(SHORT);
        watch.end_who_wait(SHORT);
        assert_eq!(told(&watched), Told::End);
    }

    #[test]
    fn who_is_told_to_end_is_not_told_to_finish_after_it() {
        let watch = Watch::new();
        let watched = watch.open();
        watch.tell_all(Told::Finish);
        assert_eq!(told(&watched), Told::Finish);
        watch.tell_all(Told::End);
        watch.tell_all(Told::Finish);
        assert_eq!(told(&watched), Told::End);
    }

    #[test]
    fn who_is_gone_is_forgotten() {
        let watch = Watch::new();
        drop(watch.open());
        let _open = watch.open();
        watch.tell_all(Told::Finish);
        assert_eq!(watch.lock().len(), 1);
    }
}
