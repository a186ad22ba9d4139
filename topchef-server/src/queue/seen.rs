//! What does not change of the jobs that this program saw lately: which service a job belongs to, and what is to be done.
//!
//! It does not know what it is asked for. With it the schema of a job's results is found without reading the job, and a job
//! that was just completed is shown without reading its parameters.

use std::sync::Arc;

use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use uuid::Uuid;

use crate::resources::{Job, JsonText};

/// How many jobs are kept: about as many as workers have at once.
const MOST: u64 = 16_384;

/// Parameters that are longer, in bytes, are read again: all that is kept is some thirteen megabytes at most.
const LONGEST: usize = 512;

/// The jobs, by their ids; clones share them.
#[derive(Clone)]
pub(super) struct Seen(Cache<Uuid, Arc<Lasting>>);

/// What does not change of a job.
struct Lasting {
    service: Uuid,
    parameters: Option<JsonText>,
}

impl Default for Seen {
    fn default() -> Self {
        let cache = Cache::builder().max_capacity(MOST);
        // Each job is asked for a few times and then never again: who came last stays, whoever was asked for more often.
        Self(cache.eviction_policy(EvictionPolicy::lru()).build())
    }
}

impl Seen {
    /// A job, with its parameters where they are at hand.
    pub(super) fn note(&self, job: &Job, parameters: Option<&JsonText>) {
        let short = parameters.filter(|parameters| parameters.as_str().len() <= LONGEST);
        let known = self.0.get(&job.id);
        if known.is_some_and(|known| known.parameters.is_some() || short.is_none()) {
            return;
        }
        let lasting = Lasting {
            service: job.service_id,
            parameters: short.cloned(),
        };
        self.0.insert(job.id, Arc::new(lasting));
    }

    /// The service of a job; nothing where the database has to be asked. The job itself may be gone.
    pub(super) fn service(&self, job: Uuid) -> Option<Uuid> {
        self.0.get(&job).map(|lasting| lasting.service)
    }

    /// What is to be done in a job; as [`service`](Self::service).
    pub(super) fn parameters(&self, job: Uuid) -> Option<JsonText> {
        self.0.get(&job)?.parameters.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Submission, submitted};
    use super::*;

    fn job(parameters: &JsonText) -> Job {
        submitted(Submission::new(Uuid::now_v7(), parameters.clone())).job
    }

    #[test]
    fn long_parameters_are_not_kept() {
        let seen = Seen::default();
        for (length, is_kept) in [(LONGEST - 2, true), (LONGEST - 1, false)] {
            let parameters = JsonText::of(&"x".repeat(length)).unwrap();
            let job = job(&parameters);
            assert_eq!(seen.service(job.id), None);
            seen.note(&job, Some(&parameters));
            assert_eq!(seen.service(job.id), Some(job.service_id));
            assert_eq!(seen.parameters(job.id).is_some(), is_kept, "{length}");
        }
    }

    #[test]
    fn parameters_that_come_later_are_kept_too() {
        let seen = Seen::default();
        let parameters = JsonText::of(&7).unwrap();
        let job = job(&parameters);
        for (given, is_kept) in [(None, false), (Some(&parameters), true), (None, true)] {
            seen.note(&job, given);
            assert_eq!(seen.parameters(job.id).is_some(), is_kept);
        }
    }

    #[test]
    fn the_last_jobs_are_kept_however_often_others_were_asked_for() {
        let seen = Seen::default();
        let parameters = JsonText::of(&7).unwrap();
        let jobs: Vec<_> = (0..MOST + 1_000).map(|_| job(&parameters)).collect();
        for job in &jobs {
            seen.note(job, Some(&parameters));
            assert!(seen.parameters(job.id).is_some());
            assert_eq!(seen.service(job.id), Some(job.service_id));
        }
        seen.0.run_pending_tasks();
        assert!(seen.0.entry_count() <= MOST);
        let mut last = jobs.iter().rev().take(10_000);
        assert!(last.all(|job| seen.service(job.id).is_some()));
    }
}
