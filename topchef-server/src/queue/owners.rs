//! Which service a job belongs to, of the jobs that this program saw lately: that never changes.
//!
//! It does not know what it is asked for. With it the schema of a job's results is found without reading the job.

use moka::sync::Cache;
use uuid::Uuid;

use crate::resources::Job;

/// How many are kept: about as many as workers have at once, some two megabytes.
const MOST: u64 = 16_384;

/// The services of jobs, by the job; clones share them.
#[derive(Clone)]
pub(super) struct Owners(Cache<Uuid, Uuid>);

impl Default for Owners {
    fn default() -> Self {
        Self(Cache::new(MOST))
    }
}

impl Owners {
    pub(super) fn note(&self, job: &Job) {
        self.0.insert(job.id, job.service_id);
    }

    /// The service of a job; nothing where the database has to be asked. The job itself may be gone.
    pub(super) fn of(&self, job: Uuid) -> Option<Uuid> {
        self.0.get(&job)
    }
}
