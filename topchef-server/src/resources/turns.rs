//! Turns for work that keeps a processor busy: as much at once as there are processors, the rest waits.
//!
//! It does not know what is done.

use std::sync::Arc;
use std::thread::available_parallelism;

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use topchef_runtime::ApiError;

/// So many turns at once; clones share them.
#[derive(Clone)]
pub(super) struct Turns(Arc<Semaphore>);

impl Turns {
    /// One for each processor.
    pub(super) fn one_per_processor() -> Self {
        Self::new(available_parallelism().map_or(1, usize::from))
    }

    fn new(most: usize) -> Self {
        Self(Arc::new(Semaphore::new(most)))
    }

    /// Does the work beside the requests, when its turn comes; the work keeps its turn when nobody waits for it any more.
    ///
    /// # Errors
    /// When the work panics.
    pub(super) async fn take<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        let turn = Arc::clone(&self.0)
            .acquire_owned()
            .await
            .map_err(ApiError::internal)?;
        spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        })
        .await
        .map_err(ApiError::internal)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn no_more_work_is_done_at_once_than_there_are_turns() {
        let turns = Turns::new(2);
        let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let works = (0..12).map(|_| {
            let (turns, running, most) = (turns.clone(), Arc::clone(&running), Arc::clone(&most));
            tokio::spawn(async move {
                turns
                    .take(move || {
                        let now = running.fetch_add(1, Ordering::SeqCst) + 1;
                        most.fetch_max(now, Ordering::SeqCst);
                        std::thread::sleep(Duration::from_millis(10));
                        running.fetch_sub(1, Ordering::SeqCst);
                    })
                    .await
            })
        });
        for work in works.collect::<Vec<_>>() {
            work.await.unwrap().unwrap();
        }
        assert_eq!(most.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn work_that_nobody_waits_for_keeps_its_turn() {
        let turns = Turns::new(1);
        let (started, starts) = tokio::sync::oneshot::channel();
        let (end, ends) = mpsc::channel::<()>();
        let given_up = tokio::spawn({
            let turns = turns.clone();
            async move {
                turns
                    .take(move || {
                        started.send(()).ok();
                        ends.recv().ok();
                    })
                    .await
            }
        });
        starts.await.unwrap();
        given_up.abort();
        given_up.await.unwrap_err();
        assert_eq!(turns.0.available_permits(), 0);
        end.send(()).unwrap();
        turns.take(|| ()).await.unwrap();
    }

    #[tokio::test]
    async fn a_panic_gives_its_turn_back() {
        let turns = Turns::new(1);
        assert!(turns.take(|| panic!("on purpose")).await.is_err());
        turns.take(|| ()).await.unwrap();
    }
}
