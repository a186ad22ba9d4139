//! Which work is done once more after it failed, and how often.
//!
//! It does not know what the work is.
//! A write of which nobody can say whether it was done is never among it.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

use super::AsFailure;
use super::failure::{
    described, is_conflict, is_ended, is_lost, is_not_unique, is_stale, is_taken,
};
use crate::database::DatabaseError;
use crate::sql::{Assigned, Statement};

/// How often work is run again that conflicts with other work.
const CONFLICTS: u32 = 8;

/// How often a unit starts again because another made the row that it was about to make.
const RACES: u32 = 2;

/// How often a row is stored again because the key that the database assigned was given to another.
pub(super) const KEYS: u32 = 3;

/// The shortest pause before work is run again.
const PAUSE: Duration = Duration::from_millis(2);

/// A unit of work that did not come to its end.
pub(super) enum Unfinished {
    /// A statement of several failed, which commit one by one.
    Alone((usize, sqlx::Error)),
    /// Nothing of it stands.
    Undone(sqlx::Error),
    /// As before, and it was this statement of several that failed.
    UndoneAt(usize, sqlx::Error),
    /// Whether anything of it stands is known where the server said why it failed.
    Committing(sqlx::Error),
    /// Nothing of it stands, because its row was refused.
    Refused(DatabaseError),
}

impl Unfinished {
    /// A statement of a transaction failed.
    pub(super) fn within((position, error): (usize, sqlx::Error)) -> Self {
        Self::UndoneAt(position, error)
    }

    pub(super) fn into_error(self) -> DatabaseError {
        match self {
            Self::Alone((_, error))
            | Self::Undone(error)
            | Self::UndoneAt(_, error)
            | Self::Committing(error) => described(error),
            Self::Refused(error) => error,
        }
    }

    /// Whether the connection was lost, and nothing can have been done.
    fn is_lost_before(&self) -> bool {
        match self {
            // The server said that it ended the connection: it did not say so of a statement that it had carried out.
            Self::Alone((_, error)) => is_ended(error),
            Self::Undone(error) | Self::UndoneAt(_, error) => is_lost(error),
            Self::Committing(_) | Self::Refused(_) => false,
        }
    }

    /// The key that the database assigned to a row of these statements, where another row has it.
    pub(super) fn taken(&self, statements: &[Statement]) -> Option<Assigned> {
        match self {
            Self::Alone((position, error)) | Self::UndoneAt(position, error) => {
                taken(statements.get(*position)?, error)
            }
            Self::Undone(_) | Self::Committing(_) | Self::Refused(_) => None,
        }
    }

    /// Whether another made the row that a statement was to make after those before it had not found it.
    fn is_race(&self) -> bool {
        match self {
            Self::Alone((position, error)) | Self::UndoneAt(position, error) => {
                *position > 0 && is_not_unique(error)
            }
            Self::Undone(_) | Self::Committing(_) | Self::Refused(_) => false,
        }
    }
}

impl AsFailure for Unfinished {
    fn failure(&self) -> Option<&sqlx::Error> {
        match self {
            Self::Alone((_, error))
            | Self::Undone(error)
            | Self::UndoneAt(_, error)
            | Self::Committing(error) => Some(error),
            Self::Refused(_) => None,
        }
    }
}

/// How often something may still be tried.
pub(super) struct Tries {
    connections: u32,
    conflicts: u32,
    races: u32,
    keys: u32,
}

impl Tries {
    /// All of a pool's connections can have been lost together.
    pub(super) fn new(connections: u32) -> Self {
        Self {
            connections: connections.saturating_add(1),
            conflicts: CONFLICTS,
            races: RACES,
            keys: KEYS,
        }
    }

    /// Whether to store a row again whose key was given to another.
    pub(super) fn with_another_key(&mut self) -> bool {
        take(&mut self.keys)
    }

    /// Whether to try again on another connection.
    pub(super) fn on_another_connection(&mut self) -> bool {
        take(&mut self.connections)
    }

    /// Whether to try again after the database undid the work, or did not begin with it; waits before that.
    pub(super) async fn once_more(&mut self, error: &sqlx::Error) -> bool {
        if is_stale(error) {
            return self.on_another_connection();
        }
        if !is_conflict(error) || !take(&mut self.conflicts) {
            return false;
        }
        let times = CONFLICTS - self.conflicts;
        tokio::time::sleep(PAUSE * times + jitter(PAUSE * times * 2)).await;
        true
    }

    /// Whether to do a unit again; waits before that.
    pub(super) async fn again(&mut self, unfinished: &Unfinished) -> bool {
        if unfinished.is_lost_before() {
            return self.on_another_connection();
        }
        if unfinished.is_race() {
            return take(&mut self.races);
        }
        match unfinished.failure() {
            Some(error) => self.once_more(error).await,
            None => false,
        }
    }
}

/// The key that the database assigned to the row of a statement, where it failed because another row has it.
pub(super) fn taken(statement: &Statement, error: &sqlx::Error) -> Option<Assigned> {
    let is_taken = |assigned: &Assigned| is_taken(error, assigned.column());
    statement.assigned.filter(is_taken)
}

fn take(left: &mut u32) -> bool {
    let some = *left > 0;
    *left = left.saturating_sub(1);
    some
}

/// Some time shorter than this, so that those who met do not meet again.
fn jitter(most: Duration) -> Duration {
    let random = RandomState::new().build_hasher().finish();
    let most = u64::try_from(most.as_micros()).unwrap_or(u64::MAX).max(1);
    Duration::from_micros(random % most)
}
