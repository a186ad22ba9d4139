//! How many jobs came to an end through this program, by their service and the state that they ended in.
//!
//! Counted in memory, because the tables would have to be read whole: nothing indexes all that are finished.
//! It does not know who shows it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

use crate::resources::JobState;

/// How many services are told apart: whoever registers services must not choose how much is kept and shown.
pub const MOST_SERVICES: usize = 100;

/// A service that is told apart; none for all others together.
pub type Told = Option<Uuid>;

/// The counts so far; clones are the same.
#[derive(Clone, Debug, Default)]
pub(super) struct Finished(Arc<Mutex<BTreeMap<(Told, JobState), u64>>>);

impl Finished {
    /// One more job of a service ended so; services beyond the first hundred are counted as one.
    pub(super) fn add(&self, service: Uuid, state: JobState) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_told = counts.keys().any(|(told, _)| *told == Some(service));
        let told = (is_told || services(&counts) < MOST_SERVICES).then_some(service);
        *counts.entry((told, state)).or_default() += 1;
    }

    /// All of them.
    pub(super) fn counts(&self) -> Vec<(Told, JobState, u64)> {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = counts.iter();
        counts
            .map(|((told, state), count)| (*told, *state, *count))
            .collect()
    }
}

fn services(counts: &BTreeMap<(Told, JobState), u64>) -> usize {
    let mut told: Vec<_> = counts.keys().filter_map(|(told, _)| *told).collect();
    told.dedup();
    told.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_beyond_the_first_hundred_are_counted_together() {
        let finished = Finished::default();
        let services: Vec<_> = (0..MOST_SERVICES + 7).map(|_| Uuid::now_v7()).collect();
        for service in &services {
            finished.add(*service, JobState::Succeeded);
        }
        // One that is told apart already stays so.
        finished.add(services[0], JobState::Failed);
        finished.add(services[0], JobState::Failed);
        let counts = finished.counts();
        assert_eq!(counts.len(), MOST_SERVICES + 2);
        assert!(counts.contains(&(None, JobState::Succeeded, 7)));
        assert!(counts.contains(&(Some(services[0]), JobState::Failed, 2)));
    }
}
