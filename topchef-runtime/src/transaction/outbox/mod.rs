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

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::{sleep, timeout};

use super::Context;
use super::hooks::Endpoint;
use crate::column::Value;
use crate::error::Report;
use crate::sql::Queue;

use delivery::{Head, Lease, Step, deliver_first, lease};
use message::{GRACE, now};
use queues::{Queues, Turn};

pub(super) use message::{Kept, store};
pub use operator::{Outbox, OutboxMessage};
pub(super) use queues::Followed;
pub use retries::Retries;
pub use sweeper::{Sweeper, Sweeping};

/// How long who delivers a queue waits before it looks again for a message that another program is about to deliver.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Delivers the message of a request, and all before it that nobody else delivers, and waits for what became of it.
///
/// The delivery goes on when nobody waits any more.
pub(super) async fn follow(
    cx: &Context,
    endpoint: Endpoint,
    values: &[Value],
    token: i64,
) -> Followed {
    let queue = Queue::of(endpoint.descriptor(), values);
    let queues = cx.database().shared::<Queues>();
    let (receiver, turn) = queues.wait(&queue, token);
    if let Some(turn) = turn {
        tokio::spawn(deliver(cx.without_request(), endpoint, queue, turn, None));
    }
    // What stands before it in its queue may take its time too.
    let limit = cx.database().transaction_timeout().saturating_mul(2);
    match timeout(limit, receiver).await {
        Ok(Ok(followed)) => followed,
        Ok(Err(_)) | Err(_) => Followed::Waiting,
    }
}

/// Delivers a queue until nobody of this program waits for it.
async fn deliver(
    base: Context,
    endpoint: Endpoint,
    queue: Queue,
    mut turn: Turn,
    mut leased: Option<Lease>,
) {
    let began = Instant::now();
    loop {
        let is_ours = |token| turn.is_waited_for(token);
        let step = deliver_first(&base, endpoint, &queue, leased, is_ours).await;
        let ended = match step {
            Ok(Step::Delivered { token, next }) => {
                turn.tell(token, Followed::Done(next));
                turn.end_if_done()
            }
            Ok(Step::Failed { token }) => {
                turn.tell(token, Followed::Failed);
                turn.end_if_done()
            }
            // Who still waits had its hook run by another program.
            Ok(Step::Empty) => turn.end(|| Followed::Done(super::Next::Proceed)),
            Ok(Step::NotNow(head)) => match not_now(&base, head, began).await {
                Ok(Again::Leased(lease)) => {
                    leased = Some(lease);
                    Some(turn)
                }
                Ok(Again::Look) => Some(turn),
                Ok(Again::Later) => turn.end(|| Followed::Waiting),
                Err(report) => {
                    report.log();
                    turn.end(|| Followed::Waiting)
                }
            },
            Err(report) => {
                tracing::error!(resource = endpoint.descriptor().name, %report, "an after_commit hook was not delivered yet; the write stands");
                report.log();
                turn.end(|| Followed::Waiting)
            }
        };
        match ended {
            Some(still) => turn = still,
            None => return,
        }
    }
}

/// What there is to do about a message that is not ours.
enum Again {
    /// It is taken over: who was to deliver it did not.
    Leased(Lease),
    /// Its request, in another program, is about to deliver it.
    Look,
    /// It has failed, and is tried again later.
    Later,
}

async fn not_now(base: &Context, head: Head, began: Instant) -> Result<Again, Report> {
    if head.due_at <= now()
        && let Some(lease) = lease(base, head.sequence, head.attempts).await?
    {
        return Ok(Again::Leased(lease));
    }
    let patience = Duration::from_millis(GRACE.unsigned_abs()).saturating_mul(2);
    if head.attempts > 0 || began.elapsed() > patience {
        return Ok(Again::Later);
    }
    sleep(LOOK_AGAIN).await;
    Ok(Again::Look)
}

/// For the turn of a queue that a sweeper delivers.
fn turn(base: &Context, queue: &Queue) -> Option<Turn> {
    let queues: Arc<Queues> = base.database().shared::<Queues>();
    queues.take(queue)
}
