//! The queues whose messages are being delivered by this program: who delivers them, and which requests wait for that.
//!
//! One at a time delivers a queue here; between programs the database's locks decide.
//! It does not know what a delivery does.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot::{self, Receiver, Sender};

use super::super::Next;
use super::Queue;

/// What became of the hook of a request.
#[derive(Debug)]
pub(in crate::transaction) enum Followed {
    /// It ran; what it said is here when it ran in this program.
    Done(Next),
    /// It failed, and is tried again.
    Failed,
    /// It has not run yet.
    Waiting,
}

/// The queues that are being delivered.
#[derive(Debug, Default)]
pub(super) struct Queues(Mutex<HashMap<Queue, Delivering>>);

/// A queue that somebody delivers.
#[derive(Debug, Default)]
struct Delivering {
    /// Whether a message may have come after the one who delivers last looked.
    again: bool,
    waiting: Vec<(i64, Sender<Followed>)>,
}

/// The one who delivers a queue; when it goes, whoever still waits is told so.
pub(super) struct Turn {
    queues: Arc<Queues>,
    queue: Queue,
    /// Whether it is still to be ended.
    open: bool,
}

impl Queues {
    /// Waits for the delivery of a message; the turn is the caller's to take when nobody has it.
    pub(super) fn wait(
        self: &Arc<Self>,
        queue: &Queue,
        token: i64,
    ) -> (Receiver<Followed>, Option<Turn>) {
        let (sender, receiver) = oneshot::channel();
        let mut queues = self.lock();
        if let Some(delivering) = queues.get_mut(queue) {
            delivering.again = true;
            delivering.waiting.push((token, sender));
            return (receiver, None);
        }
        let delivering = Delivering {
            again: false,
            waiting: vec![(token, sender)],
        };
        queues.insert(queue.clone(), delivering);
        (receiver, Some(self.turn(queue)))
    }

    /// The turn to deliver a queue, when nobody has it.
    pub(super) fn take(self: &Arc<Self>, queue: &Queue) -> Option<Turn> {
        let mut queues = self.lock();
        if queues.contains_key(queue) {
            return None;
        }
        queues.insert(queue.clone(), Delivering::default());
        Some(self.turn(queue))
    }

    fn turn(self: &Arc<Self>, queue: &Queue) -> Turn {
        Turn {
            queues: Arc::clone(self),
            queue: queue.clone(),
            open: true,
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Queue, Delivering>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    /// Whether a request of this program waits for the message with this token.
    pub(super) fn is_waited_for(&self, token: i64) -> bool {
        let queues = self.queues.lock();
        let delivering = queues.get(&self.queue);
        delivering.is_some_and(|it| it.waiting.iter().any(|(waiting, _)| *waiting == token))
    }

    /// Tells the request that waits for a message what became of it.
    pub(super) fn tell(&self, token: i64, followed: Followed) {
        let mut queues = self.queues.lock();
        let Some(delivering) = queues.get_mut(&self.queue) else {
            return;
        };
        let mut waiting = delivering.waiting.iter();
        if let Some(position) = waiting.position(|(waiting, _)| *waiting == token) {
            let (_, sender) = delivering.waiting.swap_remove(position);
            // Nobody listens when the client went away.
            let _ = sender.send(followed);
        }
    }

    /// Ends the turn when nobody waits; gives it back otherwise.
    pub(super) fn end_if_done(mut self) -> Option<Self> {
        let shared = Arc::clone(&self.queues);
        let mut queues = shared.lock();
        let waits = queues.get_mut(&self.queue).is_some_and(|delivering| {
            // Nobody waits any more whose client went away, or whose time is over: the sweeper does the rest.
            delivering.waiting.retain(|(_, sender)| !sender.is_closed());
            !delivering.waiting.is_empty()
        });
        if waits {
            return Some(self);
        }
        queues.remove(&self.queue);
        // Before the lock goes: then the queue may be another's.
        self.open = false;
        None
    }

    /// Ends the turn, and tells all who wait; gives it back when a message may have come since.
    pub(super) fn end(mut self, told: impl Fn() -> Followed) -> Option<Self> {
        let shared = Arc::clone(&self.queues);
        let mut queues = shared.lock();
        if let Some(delivering) = queues.get_mut(&self.queue)
            && std::mem::take(&mut delivering.again)
        {
            return Some(self);
        }
        let ended = queues.remove(&self.queue).unwrap_or_default();
        self.open = false;
        drop(queues);
        for (_, sender) in ended.waiting {
            let _ = sender.send(told());
        }
        None
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if self.open {
            self.queues.lock().remove(&self.queue);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue() -> Queue {
        Queue {
            resource: "/books",
            record: "7".to_owned(),
        }
    }

    #[test]
    fn one_at_a_time_delivers_a_queue() {
        let queues = Arc::new(Queues::default());
        let turn = queues.take(&queue()).unwrap();
        assert!(queues.take(&queue()).is_none());
        drop(turn);
        assert!(queues.take(&queue()).is_some());
    }

    #[test]
    fn a_message_that_comes_late_is_looked_for_again() {
        let queues = Arc::new(Queues::default());
        let turn = queues.take(&queue()).unwrap();
        let (mut receiver, none) = queues.wait(&queue(), 1);
        assert!(none.is_none());
        let turn = turn.end(|| Followed::Waiting).expect("it goes on");
        assert!(turn.is_waited_for(1));
        let turn = turn.end_if_done().expect("somebody waits");
        turn.tell(1, Followed::Failed);
        assert!(matches!(receiver.try_recv(), Ok(Followed::Failed)));
        assert!(turn.end_if_done().is_none());
        assert!(queues.lock().is_empty());
    }

    #[test]
    fn a_turn_is_not_kept_for_who_went_away() {
        let queues = Arc::new(Queues::default());
        let (receiver, turn) = queues.wait(&queue(), 1);
        drop(receiver);
        assert!(turn.unwrap().end_if_done().is_none());
        assert!(queues.lock().is_empty());
    }

    #[test]
    fn a_turn_that_is_lost_leaves_nobody_waiting() {
        let queues = Arc::new(Queues::default());
        let (mut receiver, turn) = queues.wait(&queue(), 1);
        drop(turn);
        assert!(receiver.try_recv().is_err());
        assert!(queues.lock().is_empty());
    }

    #[test]
    fn a_turn_that_was_ended_takes_no_later_one_along() {
        let queues = Arc::new(Queues::default());
        let (_receiver, turn) = queues.wait(&queue(), 1);
        assert!(turn.unwrap().end(|| Followed::Waiting).is_none());
        let later = queues.take(&queue()).unwrap();
        assert!(queues.take(&queue()).is_none());
        drop(later);
    }
}
