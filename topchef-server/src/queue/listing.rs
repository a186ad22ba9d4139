//! Services and jobs in the order of their ids, some at a time, for whoever goes through all of them.
//!
//! It does not know what is shown of them.

use topchef_runtime::Report;
use topchef_runtime::query::Filter;
use uuid::Uuid;

use super::Queue;
use crate::resources::{Job, JobState, JobStatus, Service};

/// Which jobs are looked for; all, where nothing is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sought {
    /// Those of this service.
    pub service: Option<Uuid>,
    /// Those that are shown so.
    pub status: Option<JobStatus>,
}

impl Sought {
    fn after(self, after: Uuid) -> Filter<Job> {
        let mut filter = Job::ID.gt(after);
        if let Some(service) = self.service {
            filter = filter.and(Job::SERVICE_ID.eq(service));
        }
        if let Some(status) = self.status {
            filter = filter.and(status.jobs());
        }
        filter
    }
}

impl Queue {
    /// The services whose ids follow another one; at most so many, in the order of their ids.
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    pub async fn services_after(&self, after: Uuid, most: u64) -> Result<Vec<Service>, Report> {
        let services = self.database().select::<Service>();
        let services = services.filter(Service::ID.gt(after));
        services.order_by(Service::ID.asc()).limit(most).all().await
    }

    /// The jobs that are looked for whose ids follow another one; at most so many, in the order of their ids.
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    pub async fn jobs_after(
        &self,
        sought: Sought,
        after: Uuid,
        most: u64,
    ) -> Result<Vec<Job>, Report> {
        let jobs = self.database().select::<Job>().filter(sought.after(after));
        jobs.order_by(Job::ID.asc()).limit(most).all().await
    }

    /// How many open jobs of a service there are in each state; states with none are left out.
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    pub async fn open_counts_of(&self, service: Uuid) -> Result<Vec<(JobState, u64)>, Report> {
        let of_service = Job::SERVICE_ID.eq(service).and(crate::resources::open());
        let jobs = self.database().select::<Job>().filter(of_service);
        let counts = jobs.count_by(Job::SERVICE_ID, Job::STATE).await?;
        Ok(counts
            .into_iter()
            .map(|(_, state, jobs)| (state, jobs))
            .collect())
    }
}
