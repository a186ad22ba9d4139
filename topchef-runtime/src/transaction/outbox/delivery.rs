//! The delivery of a message: its hook runs in a transaction of its own, which removes the message too.
//!
//! So a hook that only writes to this database takes effect exactly once, whatever crashes when.
//! It does not know who else waits.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::Poll;

use super::super::again::again;
use super::super::hooks::{Delivery, Endpoint, in_time};
use super::super::tracked::key_of;
use super::super::{Context, Next, Transaction};
use super::Queue;
use super::message::{Message, now};
use crate::descriptor::Method;
use crate::error::{ApiError, Report};
use crate::sql::Failure;

/// What became of the first message of a queue.
#[derive(Debug)]
pub(super) enum Step {
    /// There is none.
    Empty,
    /// It is not the caller's to deliver now.
    NotNow(Head),
    /// Its hook ran, and what it wrote is committed.
    Delivered {
        /// By which the one who stored the message knows it again.
        token: i64,
        /// What the hook said.
        next: Next,
    },
    /// Its hook failed, and what it wrote is undone; it is tried again, or given up.
    Failed {
        /// By which the one who stored the message knows it again.
        token: i64,
    },
}

/// What is known of a message that is not delivered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    pub(super) sequence: i64,
    pub(super) attempts: i64,
    pub(super) due_at: i64,
}

/// A message that a sweeper has taken; its attempt is counted already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lease {
    pub(super) sequence: i64,
}

/// Delivers the first message of a queue when it is leased, or `is_ours` says so of its token.
///
/// # Errors
/// A [`Report`] when the database fails; then it is not known what became of the message, which stays as it was or is gone.
pub(super) async fn deliver_first(
    base: &Context,
    endpoint: Endpoint,
    queue: &Queue,
    lease: Option<Lease>,
    is_ours: impl Fn(i64) -> bool + Send + Sync,
) -> Result<Step, Report> {
    again(|| deliver_once(base, endpoint, queue, lease, &is_ours)).await
}

async fn deliver_once(
    base: &Context,
    endpoint: Endpoint,
    queue: &Queue,
    lease: Option<Lease>,
    is_ours: &(impl Fn(i64) -> bool + Send + Sync),
) -> Result<Step, Report> {
    let mut tx = base.database().request_transaction().await?;
    tx.held_for(endpoint.descriptor());
    let Some(message) = first(&mut tx, queue).await? else {
        return Ok(Step::Empty);
    };
    let is_leased = lease.is_some_and(|lease| lease.sequence == message.sequence);
    if !is_leased && !is_ours(message.token) {
        return Ok(Step::NotNow(Head {
            sequence: message.sequence,
            attempts: message.attempts,
            due_at: message.due_at,
        }));
    }
    let token = message.token;
    // The attempts before this one never ended, or they would have given it up.
    if is_leased && base.retries().are_over(message.attempts - 1) {
        drop(tx);
        let begun = message.attempts - 1;
        let detail = format!("the hook was begun {begun} times and did not end");
        let status = http::StatusCode::INTERNAL_SERVER_ERROR;
        let report = ApiError::new(status, "Hook Did Not End", detail).into();
        failed(base, endpoint, queue, &message, message.attempts, &report).await?;
        return Ok(Step::Failed { token });
    }
    match deliver(base, endpoint, tx, &message).await {
        Ok(next) => Ok(Step::Delivered { token, next }),
        // It is the database that wants it again, and not the hook that failed.
        Err(report) if report.is_transaction_conflict() => Err(report),
        Err(report) => {
            let attempts = message.attempts + i64::from(!is_leased);
            if failed(base, endpoint, queue, &message, attempts, &report).await? {
                return Ok(Step::Failed { token });
            }
            // It was done all the same: the answer to the commit was lost, or another program came first.
            let next = Next::Proceed;
            Ok(Step::Delivered { token, next })
        }
    }
}

async fn first(tx: &mut Transaction, queue: &Queue) -> Result<Option<Message>, Report> {
    let statement = tx.dialect().first_message(queue);
    let found = tx.rows(statement, |rows| {
        let row = rows.next()?;
        Ok(row.map(|row| Message::from_row(&row)).transpose()?)
    });
    Ok(found.await?)
}

/// Runs the hook and removes the message, both or neither.
async fn deliver(
    base: &Context,
    endpoint: Endpoint,
    mut tx: Transaction,
    message: &Message,
) -> Result<Next, Report> {
    let descriptor = endpoint.descriptor();
    let hook = message.method().and_then(|method| {
        let (delivery, hook) = endpoint.hooks.after_commit(method)?;
        (delivery == Delivery::Durable).then_some((method, hook))
    });
    let Some((method, hook)) = hook else {
        let reason = format!(
            "{} has no durable hook of {}",
            descriptor.name, message.method
        );
        return Err(ApiError::internal(std::io::Error::other(reason)).into());
    };
    let values = message.values(descriptor)?;
    let kept = message.kept().map_err(ApiError::internal)?;
    // A POST has no key in its path.
    let key = (method != Method::Post).then(|| key_of(&values, descriptor));
    let cx = base.of_message(kept, key);
    let running = survived(hook(&cx, &mut tx, &values));
    let next = in_time(base.database(), running).await?;
    let statement = tx.dialect().delete_message(message.sequence);
    let removed = tx.rows(statement, |rows| Ok(rows.next()?.is_some()));
    if !removed.await? {
        // A hook has no business in the outbox; whoever else took the message has done what it is for.
        let reason = "the message was removed while its hook ran";
        return Err(ApiError::internal(std::io::Error::other(reason)).into());
    }
    tx.commit().await?;
    Ok(next)
}

/// What a hook came to; that it panicked is a failure like any other.
async fn survived<T>(
    mut running: Pin<Box<dyn Future<Output = Result<T, Report>> + Send + '_>>,
) -> Result<T, Report> {
    poll_fn(|context| {
        let polled = catch_unwind(AssertUnwindSafe(|| running.as_mut().poll(context)));
        polled.unwrap_or_else(|panic| {
            let said = panic.downcast_ref::<&str>().copied();
            let said = said.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
            let reason = format!("the hook panicked: {}", said.unwrap_or_default());
            Poll::Ready(Err(ApiError::internal(std::io::Error::other(reason)).into()))
        })
    })
    .await
}

/// Logs that a hook failed, and stores it with the message; false when there is no message any more.
async fn failed(
    base: &Context,
    endpoint: Endpoint,
    queue: &Queue,
    message: &Message,
    attempts: i64,
    report: &Report,
) -> Result<bool, Report> {
    let (database, retries, now) = (base.database(), base.retries(), now());
    let is_over = retries.are_over(attempts);
    let due_at = now.saturating_add(retries.pause(attempts));
    let dialect = database.dialect();
    let failure = Failure {
        attempts,
        error: &report.to_string(),
        due_at,
        dead_at: is_over.then_some(now),
    };
    let statement = dialect.fail_message(message.sequence, message.attempts, &failure);
    let is_told = database.write(vec![statement], |_, _| Ok(())).await?;
    if is_told.is_none() && !exists(base, message.sequence).await? {
        return Ok(false);
    }
    let (resource, method) = (endpoint.descriptor().name, message.method.as_str());
    if is_over {
        tracing::error!(resource, method, message = message.sequence, attempts, %report, "an after_commit hook failed and is given up; the write stands");
    } else {
        tracing::error!(resource, method, message = message.sequence, attempts, %report, "an after_commit hook failed and is tried again; the write stands");
        put_off(base, queue, due_at).await?;
    }
    report.log();
    Ok(true)
}

async fn exists(base: &Context, sequence: i64) -> Result<bool, Report> {
    let statement = base.database().dialect().find_message(sequence);
    let found = base
        .database()
        .rows(statement, |rows| Ok(rows.next()?.is_some()));
    Ok(found.await?)
}

/// Has no message of a queue looked at before its first one is due.
pub(super) async fn put_off(base: &Context, queue: &Queue, due_at: i64) -> Result<(), Report> {
    let statement = base.database().dialect().put_off_messages(queue, due_at);
    base.database()
        .write(vec![statement], |_, _| Ok(()))
        .await?;
    Ok(())
}

/// Takes a message that is due, whose attempt is counted before it is made: a hook that ends the program is not tried for ever.
pub(super) async fn lease(
    base: &Context,
    sequence: i64,
    attempts: i64,
) -> Result<Option<Lease>, Report> {
    let (database, now) = (base.database(), now());
    let pause = base.retries().pause(attempts.saturating_add(1));
    // A hook may take as long as its transaction; until then it is not tried by another.
    let limit = i64::try_from(database.transaction_timeout().as_millis()).unwrap_or(i64::MAX / 4);
    let due_at = now.saturating_add(pause.max(limit));
    let statement = database.dialect().lease_message(sequence, now, due_at);
    let leased = database.write(vec![statement], |_, _| Ok(())).await?;
    Ok(leased.map(|()| Lease { sequence }))
}
