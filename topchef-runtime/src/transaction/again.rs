//! Units of work that the database undid because of another one, and that are done again as a whole.
//!
//! It does not know what is done.

use std::time::Duration;

use tokio::time::sleep;
use uuid::Uuid;

use crate::error::Report;

/// How often a unit is done at most.
const TIMES: u32 = 8;

/// The shortest and the longest pause before a unit is done again, in milliseconds.
const PAUSES: (u64, u64) = (2, 250);

/// Does a unit of work, and once more as long as the database undoes it because of another one.
///
/// A unit opens its transaction, reads everything anew each time, and commits: what it did before is gone.
///
/// # Errors
/// The unit's own; 503 with `Retry-After` when it was undone each time.
pub async fn again<T, F: Future<Output = Result<T, Report>>>(
    unit: impl Fn() -> F,
) -> Result<T, Report> {
    for time in 0..TIMES - 1 {
        match unit().await {
            Err(report) if report.is_transaction_conflict() => {
                tracing::debug!(time, "a transaction is done again");
                sleep(pause(time)).await;
            }
            done => return done,
        }
    }
    unit().await
}

/// Longer each time, and half of it by chance: two that were in each other's way are not so again.
fn pause(time: u32) -> Duration {
    let (shortest, longest) = PAUSES;
    let pause = (shortest << time).min(longest);
    let chance = u64::from(Uuid::now_v7().as_bytes()[15]);
    Duration::from_millis(pause / 2 + pause * chance / 512)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::database::DatabaseError;
    use crate::error::ApiError;

    async fn done_after(conflicts: u32) -> (u32, Result<(), Report>) {
        let times = Cell::new(0);
        let done = again(async || {
            times.set(times.get() + 1);
            if times.get() > conflicts {
                Ok(())
            } else {
                Err(Report::from(DatabaseError::Conflict))
            }
        });
        let done = done.await;
        (times.get(), done)
    }

    #[tokio::test]
    async fn a_unit_that_was_in_the_way_is_done_again_as_a_whole() {
        for conflicts in [0, 1, TIMES - 1] {
            let (times, done) = done_after(conflicts).await;
            assert_eq!(times, conflicts + 1);
            done.unwrap();
        }
    }

    #[tokio::test]
    async fn there_is_an_end_to_it() {
        let (times, done) = done_after(u32::MAX).await;
        assert_eq!(times, TIMES);
        let report = done.unwrap_err();
        assert_eq!(report.status(), http::StatusCode::SERVICE_UNAVAILABLE);
        assert!(report.retry_after().is_some());
    }

    #[tokio::test]
    async fn what_else_fails_is_not_done_again() {
        let times = Cell::new(0);
        let done = again(async || {
            times.set(times.get() + 1);
            Err::<(), _>(Report::from(ApiError::not_unique("title")))
        });
        done.await.unwrap_err();
        assert_eq!(times.get(), 1);
    }
}
