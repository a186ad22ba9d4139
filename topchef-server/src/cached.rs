//! A value that is asked for at most so often, however many want it at once.
//!
//! It does not know what is asked.

use std::time::{Duration, Instant};

use tokio::sync::Mutex;

/// The last value, for as long as it counts as fresh.
#[derive(Debug)]
pub struct Cached<T> {
    fresh: Duration,
    kept: Mutex<Option<(Instant, T)>>,
}

impl<T: Clone> Cached<T> {
    /// Nothing yet; each value counts for `fresh` from the moment it is there.
    pub fn new(fresh: Duration) -> Self {
        Self {
            fresh,
            kept: Mutex::new(None),
        }
    }

    /// The value that is kept, or else what `ask` gives; who comes meanwhile waits for the same.
    ///
    /// Where who asks goes away, the next one asks: `ask` must end by itself.
    pub async fn get(&self, ask: impl AsyncFnOnce() -> T) -> T {
        let mut kept = self.kept.lock().await;
        if let Some((since, value)) = kept.as_ref()
            && since.elapsed() < self.fresh
        {
            return value.clone();
        }
        let value = ask().await;
        *kept = Some((Instant::now(), value.clone()));
        value
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::Notify;

    use super::*;

    #[tokio::test]
    async fn many_who_want_it_at_once_ask_once() {
        let cached = Cached::new(Duration::from_mins(1));
        let (asked, answered) = (AtomicUsize::new(0), Notify::new());
        let ask = async || {
            answered.notified().await;
            asked.fetch_add(1, Ordering::Relaxed)
        };
        let (one, other, ()) = tokio::join!(cached.get(ask), cached.get(ask), async {
            answered.notify_one();
        });
        assert_eq!((one, other), (0, 0));
        assert_eq!(asked.into_inner(), 1);
    }

    #[tokio::test]
    async fn what_is_not_fresh_is_asked_again() {
        let cached = Cached::new(Duration::ZERO);
        let asked = AtomicUsize::new(0);
        let ask = async || asked.fetch_add(1, Ordering::Relaxed);
        assert_eq!(cached.get(ask).await, 0);
        assert_eq!(cached.get(ask).await, 1);
    }
}
