//! The jobs that are not finished, by service and state, and for how long the oldest of each service waits.
//!
//! It does not know how they are shown, nor how they are counted. The services with the most such jobs are told apart, the
//! others stand together: whoever registers services must not choose how many there are to show.

use std::collections::BTreeMap;

use chrono::Utc;
use topchef_runtime::Report;
use uuid::Uuid;

use crate::queue::{MOST_SERVICES, Queue, Told};
use crate::resources::JobState;

/// The jobs that are not finished.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OpenJobs {
    /// How many there are of each service that is told apart, and of all others, in each state.
    pub counts: BTreeMap<(Told, JobState), u64>,
    /// For how many seconds the oldest waits that a worker can take, for services that are told apart.
    pub oldest_seconds: Vec<(Uuid, f64)>,
}

impl OpenJobs {
    /// Those of a queue now.
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    pub async fn of(queue: &Queue) -> Result<Self, Report> {
        let counts = bounded(queue.open_counts().await?);
        let now = Utc::now();
        let mut oldest_seconds = Vec::new();
        for (told, state) in counts.keys() {
            if let (Some(service), JobState::Ready) = (told, state)
                && let Some(since) = queue.waiting_since(*service).await?
            {
                let waits = now.signed_duration_since(since).to_std();
                // A job that was submitted after the look at the clock has not waited yet.
                oldest_seconds.push((*service, waits.unwrap_or_default().as_secs_f64()));
            }
        }
        Ok(Self {
            counts,
            oldest_seconds,
        })
    }
}

/// The services with the most jobs by themselves, the others together.
fn bounded(counts: Vec<(Uuid, JobState, u64)>) -> BTreeMap<(Told, JobState), u64> {
    let mut sizes = BTreeMap::<Uuid, u64>::new();
    for (service, _, count) in &counts {
        *sizes.entry(*service).or_default() += count;
    }
    let mut largest: Vec<_> = sizes.into_iter().collect();
    largest.sort_unstable_by_key(|(service, jobs)| (std::cmp::Reverse(*jobs), *service));
    largest.truncate(MOST_SERVICES);
    let mut bounded = BTreeMap::new();
    for (service, state, count) in counts {
        let is_told = largest.iter().any(|(told, _)| *told == service);
        let told = is_told.then_some(service);
        *bounded.entry((told, state)).or_default() += count;
    }
    bounded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_beyond_the_largest_hundred_stand_together() {
        let services: Vec<_> = (0..MOST_SERVICES + 3).map(|_| Uuid::now_v7()).collect();
        // The first ones have the fewest jobs.
        let counts = (1..).zip(&services).flat_map(|(jobs, service)| {
            [JobState::Ready, JobState::Leased].map(|state| (*service, state, jobs))
        });
        let bounded = bounded(counts.collect());
        assert_eq!(bounded.len(), 2 * (MOST_SERVICES + 1));
        assert_eq!(bounded[&(None, JobState::Ready)], 1 + 2 + 3);
        assert_eq!(bounded[&(Some(services[3]), JobState::Leased)], 4);
    }
}
