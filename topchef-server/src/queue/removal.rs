//! How jobs and services are removed, with everything that belongs to them.
//!
//! It does not know who may do so.

use http::StatusCode;
use topchef_runtime::query::{Comparison, Filter};
use topchef_runtime::transaction::again;
use topchef_runtime::{ApiError, Report, Transaction};
use uuid::Uuid;

use super::Queue;
use crate::resources::{Job, JobState, JobStatus, Service};

/// How many jobs of a large service are removed in one transaction: nobody waits long for it.
const BATCH: u64 = 500;

/// With how many jobs a service is removed at once.
const AT_ONCE: u64 = 5_000;

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

    /// Removes a service with its jobs: all of it, or nothing, as long as there are at most a few thousand jobs.
    ///
    /// Of one with more, jobs that nobody works on go first, some at a time, so that others can write in between.
    ///
    /// # Errors
    /// A [`Report`]: 404 when there is no such service; 409 when one of its jobs is being worked on: where that begins
    /// while the jobs of a large service are removed, those that are gone stay gone.
    pub async fn remove_service(&self, id: Uuid, removal: Removal) -> Result<(), Report> {
        self.service(id).await?;
        if self.is_large(id).await? {
            while again(|| self.remove_some(id, removal)).await? {}
        }
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

    async fn is_large(&self, service: Uuid) -> Result<bool, Report> {
        let jobs = self.database().select::<Job>();
        let jobs = jobs.filter(Job::SERVICE_ID.eq(service));
        let beyond = jobs.order_by(Job::ID.asc()).offset(AT_ONCE).first().await?;
        Ok(beyond.is_some())
    }

    /// Removes some jobs of a service that nobody works on, and says whether there may be more.
    async fn remove_some(&self, service: Uuid, removal: Removal) -> Result<bool, Report> {
        let mut tx = self.database().transaction().await?;
        if removal == Removal::Careful {
            refuse_working(&mut tx, service).await?;
        }
        let idle = idle(service);
        let jobs = tx.select::<Job>().filter(idle.clone());
        let jobs = jobs.order_by(Job::ID.asc()).limit(BATCH).all().await?;
        let Some(last) = jobs.last() else {
            return Ok(false);
        };
        tx.delete_all(idle.and(Job::ID.le(last.id))).await?;
        tx.commit().await?;
        Ok(jobs.len() as u64 == BATCH)
    }

    /// Removes a service with all its jobs in a transaction, in which others may have to wait for long where it has many
    /// of them: [`remove_service`](Self::remove_service) removes those step by step.
    ///
    /// # Errors
    /// As [`remove_service`](Self::remove_service).
    pub async fn remove_service_in(
        &self,
        tx: &mut Transaction,
        id: Uuid,
        removal: Removal,
    ) -> Result<(), Report> {
        let service = tx.get::<Service>(id).await?;
        let service = service.ok_or_else(|| ApiError::record_not_found("Service", id))?;
        // Whoever takes one of them at this moment is waited for, and then it is not idle any more.
        tx.delete_all(idle(id)).await?;
        if removal == Removal::Careful {
            refuse_working(tx, id).await?;
        }
        // What is being worked on, and what is submitted at this moment, goes along.
        tx.delete(&*service).await?;
        self.contracts().forget(id);
        Ok(())
    }
}

/// The jobs of a service that nobody works on.
fn idle(service: Uuid) -> Filter<Job> {
    let is_idle = Job::STATE.constant(Comparison::NotEqual, JobState::Leased);
    Job::SERVICE_ID.eq(service).and(is_idle)
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
