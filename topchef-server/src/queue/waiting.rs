//! Which jobs are next, which are being worked on, and how many there are of each.
//!
//! Everything here is told by the index of open jobs, however many are finished.

use chrono::{DateTime, Utc};
use topchef_runtime::query::Filter;
use topchef_runtime::transaction::Find;
use topchef_runtime::{ApiError, Report};
use uuid::Uuid;

use super::{Documents, Queue};
use crate::resources::{Job, JobState, JobStatus, Service, open, ready};

impl Queue {
    /// Open jobs in the order in which they are to be taken, which is that of their index: finished ones are not looked at.
    fn in_turn(&self, jobs: Filter<Job>) -> Find<'_, Job> {
        let jobs = self.database().select::<Job>().filter(jobs);
        jobs.order_by(Job::PRIORITY.desc())
            .order_by(Job::RUN_AT.asc())
    }

    /// The jobs of a service that a worker can take, in the order in which they are to be taken; at most so many.
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    pub async fn ready(&self, service: Uuid, most: u64) -> Result<Vec<Job>, Report> {
        let jobs = self.in_turn(Job::SERVICE_ID.eq(service).and(ready()));
        jobs.limit(most).all().await
    }

    /// The job of a service that a worker is to take next, with what is to be done; none when none waits.
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    pub async fn next(&self, service: Uuid) -> Result<Option<(Job, Documents)>, Report> {
        let waiting = self.in_turn(Job::SERVICE_ID.eq(service).and(ready()));
        let next = Documents::of_first(self.database(), waiting).await?;
        if let Some((job, documents)) = &next {
            // Whoever asks for it completes it soon.
            self.0.seen.note(job, documents.parameters(job.id));
        }
        Ok(next)
    }

    /// The waiting job of the same service that was submitted next after another one; none when there is none.
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    pub async fn ready_after(&self, job: &Job) -> Result<Option<Job>, Report> {
        let after = Job::SERVICE_ID
            .eq(job.service_id)
            .and(ready())
            .and(Job::ID.gt(job.id));
        self.in_turn(after).first().await
    }

    /// The jobs of a service that are being worked on, the oldest first; at most so many.
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    pub async fn working(&self, service: Uuid, most: u64) -> Result<Vec<Job>, Report> {
        let working = JobStatus::Working.jobs();
        let jobs = self.in_turn(Job::SERVICE_ID.eq(service).and(working));
        jobs.limit(most).all().await
    }

    /// How many open jobs there are of each service in each state; those with none are left out.
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    pub async fn open_counts(&self) -> Result<Vec<(Uuid, JobState, u64)>, Report> {
        let jobs = self.database().select::<Job>().filter(open());
        jobs.count_by(Job::SERVICE_ID, Job::STATE).await
    }

    /// Since when the job of a service waits that has waited longest, of those that a worker can take; none when none waits.
    ///
    /// It is found by a look into the index for each priority that waiting jobs have; those below the first eight
    /// priorities are not looked at.
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    pub async fn waiting_since(&self, service: Uuid) -> Result<Option<DateTime<Utc>>, Report> {
        const PRIORITIES: usize = 8;
        let (mut since, mut below) = (None, None);
        for _ in 0..PRIORITIES {
            let mut waiting = Job::SERVICE_ID.eq(service).and(ready());
            if let Some(priority) = below {
                waiting = waiting.and(Job::PRIORITY.lt(priority));
            }
            let Some(first) = self.in_turn(waiting).first().await? else {
                break;
            };
            since = since.into_iter().chain([first.run_at]).min();
            below = Some(first.priority);
        }
        Ok(since)
    }

    /// The service with that id.
    ///
    /// # Errors
    /// A [`Report`] with 404 when there is none.
    pub async fn service(&self, id: Uuid) -> Result<Service, Report> {
        let found = self.database().find(Service::ID.eq(id)).await?;
        found.ok_or_else(|| ApiError::record_not_found("Service", id).into())
    }

    /// The job with that id, and what stands beside its row.
    ///
    /// # Errors
    /// A [`Report`] with 404 when there is none.
    pub async fn job_with_documents(&self, id: Uuid) -> Result<(Job, Documents), Report> {
        let job = self.database().select().filter(Job::ID.eq(id));
        let found = Documents::of_first(self.database(), job).await?;
        found.ok_or_else(|| ApiError::record_not_found("Job", id).into())
    }

    /// The job with that id.
    ///
    /// # Errors
    /// A [`Report`] with 404 when there is none.
    pub async fn job(&self, id: Uuid) -> Result<Job, Report> {
        let found = self.database().find(Job::ID.eq(id)).await?;
        found.ok_or_else(|| ApiError::record_not_found("Job", id).into())
    }
}
