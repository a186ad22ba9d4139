//! The outbox: hooks that follow a commit, stored with it, so that none is lost.
//!
//! A message stands in the transaction of the write; after the commit its hook runs in a transaction of its own that also
//! removes the message. The messages of one record are delivered one after the other, in the order of their commits.
//! It does not know what a hook is for.

mod delivery;
mod message;
mod operator;
mod queues;
mod retries;
mod sweeper;

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};

use super::hooks::Endpoint;
use super::{Context, Next};
use crate::column::Value;
use crate::sql::Queue;

use delivery::{Head, Lease, Step, deliver_first, lease, put_off};
use message::{GRACE, now};
use queues::{Queues, Turn};

pub(super) use message::{Kept, store};
pub use operator::{Outbox, OutboxMessage};
pub(super) use queues::Followed;
pub use retries::Retries;
pub use sweeper::{Sweeper, Sweeping};

/// How long who delivers a queue waits before it looks again for a message that another program is about to deliver.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// A message that stands for the hook of a write that was committed.
#[derive(Debug)]
pub(super) struct Committed<'a> {
    pub(super) endpoint: Endpoint,
    /// The record as it was written.
    pub(super) values: &'a [Value],
    /// By which the message is known again.
    pub(super) token: i64,
}

/// Delivers the messages of a request one after the other, each after all before it in its queue that nobody else
/// delivers, and waits for what became of them.
///
/// The delivery goes on when nobody waits any more.
pub(super) async fn follow(cx: &Context, messages: &[Committed<'_>]) -> Vec<Followed> {
    if messages.is_empty() {
        return Vec::new();
    }
    let queues = cx.database().shared::<Queues>();
    let (mut receivers, mut turns) = (Vec::new(), Vec::new());
    // All turns are taken before the first is used: what takes long is not left to the sweeper meanwhile.
    for message in messages {
        let queue = Queue::of(message.endpoint.descriptor(), message.values);
        let (receiver, turn) = queues.wait(&queue, message.token);
        receivers.push(receiver);
        turns.extend(turn.map(|turn| (message.endpoint, queue, turn)));
    }
    let base = cx.without_request();
    tokio::spawn(async move {
        for (endpoint, queue, turn) in turns {
            deliver(&base, endpoint, &queue, turn).await;
        }
    });
    // What stands before a message in its queue may take its time too.
    let limit = cx.database().transaction_timeout().saturating_mul(2);
    let limit = Instant::now() + limit;
    let mut followed = Vec::with_capacity(receivers.len());
    for receiver in receivers {
        followed.push(match timeout_at(limit, receiver).await {
            Ok(Ok(followed)) => followed,
            Ok(Err(_)) | Err(_) => Followed::Waiting,
        });
    }
    followed
}

/// Delivers a queue until nobody of this program waits for it.
async fn deliver(base: &Context, endpoint: Endpoint, queue: &Queue, turn: Turn) {
    let mut next = Some((turn, None));
    let mut idle_since = Instant::now();
    while let Some((turn, lease)) = next {
        let (again, moved) = deliver_next(base, endpoint, queue, turn, lease, idle_since).await;
        if moved {
            idle_since = Instant::now();
        }
        next = again;
    }
}

/// Delivers one message of a queue; gives the turn back when it goes on, perhaps with a message that was taken over, and
/// whether a message was delivered or failed.
async fn deliver_next(
    base: &Context,
    endpoint: Endpoint,
    queue: &Queue,
    turn: Turn,
    lease: Option<Lease>,
    idle_since: Instant,
) -> (Option<(Turn, Option<Lease>)>, bool) {
    let is_ours = |token| turn.is_waited_for(token);
    let step = deliver_first(base, endpoint, queue, lease, is_ours).await;
    let (token, followed) = match step {
        Ok(Step::Delivered { token, next }) => (token, Followed::Done(next)),
        Ok(Step::Failed { token }) => (token, Followed::Failed),
        // Who still waits had its hook run by another program.
        Ok(Step::Empty) => {
            let ended = turn.end(|| Followed::Done(Next::Proceed));
            return (ended.map(|turn| (turn, None)), false);
        }
        Ok(Step::NotNow(head)) => {
            return (not_now(base, queue, turn, head, idle_since).await, false);
        }
        Err(report) => {
            tracing::error!(resource = endpoint.descriptor().name, %report, "an after_commit hook was not delivered yet; the write stands");
            report.log();
            let ended = turn.end(|| Followed::Waiting);
            return (ended.map(|turn| (turn, None)), false);
        }
    };
    turn.tell(token, followed);
    (turn.end_if_done().map(|turn| (turn, None)), true)
}

/// What there is to do when the first message of a queue is not ours: it is taken over when who was to deliver it did
/// not, waited for when that is about to be done, and left to the sweeper when it has failed.
async fn not_now(
    base: &Context,
    queue: &Queue,
    turn: Turn,
    head: Head,
    idle_since: Instant,
) -> Option<(Turn, Option<Lease>)> {
    if head.due_at <= now() {
        match lease(base, head.sequence, head.attempts).await {
            Ok(Some(lease)) => return Some((turn, Some(lease))),
            Ok(None) => {}
            Err(report) => report.log(),
        }
    }
    let patience = Duration::from_millis(GRACE.unsigned_abs()).saturating_mul(2);
    if head.attempts == 0 && idle_since.elapsed() < patience {
        sleep(LOOK_AGAIN).await;
        return Some((turn, None));
    }
    // Before the first is due there is nothing to look for.
    if let Err(report) = put_off(base, queue, head.due_at).await {
        report.log();
    }
    turn.end(|| Followed::Waiting).map(|turn| (turn, None))
}
