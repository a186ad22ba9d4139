//! How jobs and services are removed, with everything that belongs to them.
//!
//! It does not know who may do so.

use http::StatusCode;
use topchef_runtime::transaction::again;
use topchef_runtime::{ApiError, Report, Transaction};
use uuid::Uuid;

use super::Queue;
use crate::resources::{Job, JobState, JobStatus, Service};

/// How many finished jobs are removed in one transaction: nobody waits long for it.
const BATCH: u64 = 500;

/// What becomes of jobs that are being worked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// They keep what is asked from being done.
    Careful,
    /// They are removed like the others: their workers find nothing when they come back.
    Forced,
}

impl Queue {
    /// Removes a job.
    ///
    /// # Errors
    /// A [`Report`]: 404 when there is no such job; 409 when it is being worked on.
    pub async fn remove_job(&self, id: Uuid, removal: Removal) -> Result<(), Report> {
        again(async || {
            let mut tx = self.database().transaction().await?;
            Self::remove_job_in(&mut tx, id, removal).await?;
            tx.commit().await
        })
        .await
    }

    /// As [`remove_job`](Self::remove_job), in a transaction.
    ///
    /// # Errors
    /// As [`remove_job`](Self::remove_job).
    pub async fn remove_job_in(
        tx: &mut Transaction,
        id: Uuid,
        removal: Removal,
    ) -> Result<(), Report> {
        let job = tx.get::<Job>(id).await?;
        let job = job.ok_or_else(|| ApiError::record_not_found("Job", id))?;
        if removal == Removal::Careful && job.state == JobState::Leased {
            return Err(in_work("the job is being worked on").into());
        }
        tx.delete(&*job).await.map(drop)
    }

    /// Removes a service with its jobs.
    ///
    /// Finished jobs go first, some at a time, so that others can write in between; those that wait go together with the
    /// service, or not at all.
    ///
    /// # Errors
    /// A [`Report`]: 404 when there is no such service; 409 when one of its jobs is being worked on.
    pub async fn remove_service(&self, id: Uuid, removal: Removal) -> Result<(), Report> {
        self.service(id).await?;
        if removal == Removal::Careful && !self.working(id, 1).await?.is_empty() {
            return Err(jobs_in_work());
        }
        while again(|| self.remove_finished(id)).await? {}
        again(async || {
            let mut tx = self.database().transaction().await?;
            self.remove_service_in(&mut tx, id, removal).await?;
            tx.commit().await
        })
        .await?;
        // Who asked for it in between may have it kept again.
        self.contracts().forget(id);
        Ok(())
    }

    /// Removes some finished jobs of a service, and says whether there may be more.
    async fn remove_finished(&self, service: Uuid) -> Result<bool, Report> {
        let mut tx = self.database().transaction().await?;
        let finished = JobStatus::Completed.jobs().or(JobStatus::Error.jobs());
        let finished = Job::SERVICE_ID.eq(service).and(finished);
        let jobs = tx.select::<Job>().filter(finished.clone());
        let jobs = jobs.order_by(Job::ID.asc()).limit(BATCH).all().await?;
        let Some(last) = jobs.last() else {
            return Ok(false);
        };
        tx.delete_all(finished.and(Job::ID.le(last.id))).await?;
        tx.commit().await?;
        Ok(jobs.len() as u64 == BATCH)
    }

    /// Removes a service with all its jobs in a transaction, in which others may have to wait for long where it has many
    /// finished ones: [`remove_service`](Self::remove_service) removes those step by step.
    ///
    /// # Errors
    /// As [`remove_service`](Self::remove_service).
    pub async fn remove_service_in(
        &self,
        tx: &mut Transaction,
        id: Uuid,
        removal: Removal,
    ) -> Result<(), Report> {
        // Held against changes: no job can be submitted for it until this is over.
        let service = tx.get::<Service>(id).await?;
        let service = service.ok_or_else(|| ApiError::record_not_found("Service", id))?;
        if removal == Removal::Careful {
            refuse_working(tx, id).await?;
        }
        // Its jobs, and what stands beside them, go along.
        tx.delete(&*service).await?;
        self.contracts().forget(id);
        Ok(())
    }
}

async fn refuse_working(tx: &mut Transaction, service: Uuid) -> Result<(), Report> {
    let working = Job::SERVICE_ID.eq(service).and(JobStatus::Working.jobs());
    match tx.select::<Job>().filter(working).first().await? {
        Some(_) => Err(jobs_in_work()),
        None => Ok(()),
    }
}

fn jobs_in_work() -> Report {
    in_work("jobs of the service are being worked on").into()
}

fn in_work(what: &str) -> ApiError {
    let detail =
        format!("{what}; wait for the workers, or remove it all the same with `force=true`");
    ApiError::new(StatusCode::CONFLICT, "Conflict", detail).with_code("job_in_work")
}
