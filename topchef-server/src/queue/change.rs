//! How a job is moved and given results, by whoever has it: in one transaction that holds its row.
//!
//! It does not know which moves there are.

use chrono::{DateTime, TimeDelta, Utc};
use topchef_runtime::transaction::{EntityTag, Preconditions, again};
use topchef_runtime::{ApiError, Report, Tracked, Transaction};
use uuid::Uuid;

use super::Queue;
use super::clock::now;
use super::moves::{Before, cancelled, moved, retried};
use crate::resources::{Job, JobResults, JobState, JobStatus, JsonText};

/// What is to be changed of a job; what is not said stays.
#[derive(Clone, Debug, Default)]
pub struct JobChange {
    /// Where it is to go.
    pub status: Option<JobStatus>,
    /// What came of it.
    pub results: Option<JsonText>,
    /// What must hold of the job before anything is done.
    pub preconditions: Preconditions,
}

impl Queue {
    /// Changes a job, and makes that durable.
    ///
    /// Schemas do not change, so results are validated before the transaction is opened.
    ///
    /// # Errors
    /// A [`Report`]: 404 when there is no such job; 400 with every violation of the result schema; 409 when the job is
    /// finished; 412 when a precondition does not hold.
    pub async fn change(&self, id: Uuid, change: &JobChange) -> Result<Job, Report> {
        if let Some(results) = &change.results {
            let service = self.owner(id).await?;
            if let Err(violations) = self.check_results(service, results).await {
                // Where its service was only remembered, the job may be gone.
                self.job(id).await?;
                return Err(violations);
            }
        }
        let changed = match self.change_alone(id, change).await? {
            Some(changed) => changed,
            None => {
                again(async || {
                    let mut tx = self.database().transaction().await?;
                    let (job, before) = self.change_checked(&mut tx, id, change).await?;
                    tx.commit().await?;
                    Ok((Job::clone(&job), before))
                })
                .await?
            }
        };
        let (job, before) = changed;
        self.count_end(&job, before);
        Ok(job)
    }

    /// The service that a job belongs to; the job may be gone where this program has seen it.
    async fn owner(&self, job: Uuid) -> Result<Uuid, Report> {
        if let Some(service) = self.0.seen.service(job) {
            return Ok(service);
        }
        let job = self.job(job).await?;
        self.0.seen.note(&job, None);
        Ok(job.service_id)
    }

    /// Changes a job whose row alone tells whether that is allowed: with other changes it shares a commit. None for one that
    /// has results and is given some: then those that are stored count too.
    async fn change_alone(
        &self,
        id: Uuid,
        change: &JobChange,
    ) -> Result<Option<(Job, JobState)>, Report> {
        let (queue, change) = (self.clone(), change.clone());
        let changed = self.database().change::<Job, _>(id, move |job, beside| {
            if change.results.is_some() && job.results_bytes.is_some() {
                return Ok(None);
            }
            let before = queue.apply(job, &change, None)?;
            if let Some(results) = &change.results {
                beside.add(&JobResults {
                    job_id: id,
                    document: results.clone(),
                })?;
            }
            Ok(Some(before))
        });
        let (before, job) = changed.await?.ok_or_else(|| no_such_job(id))?;
        Ok(before.map(|before| (job, before)))
    }

    /// Takes a job out of the queue that is not finished; a worker that has it already is told when it comes back.
    ///
    /// # Errors
    /// A [`Report`]: 404 when there is no such job; 409 when it is finished.
    pub async fn cancel(&self, id: Uuid) -> Result<Job, Report> {
        self.step(id, cancelled).await
    }

    /// Puts a job that failed or was cancelled back into the queue.
    ///
    /// # Errors
    /// A [`Report`]: 404 when there is no such job; 409 when it is none of these.
    pub async fn retry(&self, id: Uuid) -> Result<Job, Report> {
        self.step(id, retried).await
    }

    async fn step(
        &self,
        id: Uuid,
        step: fn(JobState) -> Result<JobState, ApiError>,
    ) -> Result<Job, Report> {
        let queue = self.clone();
        let changed = self.database().change::<Job, _>(id, move |job, _| {
            let before = job.state;
            let state = step(before)?;
            if state != before {
                queue.enter(job, state);
            }
            Ok(before)
        });
        let (before, job) = changed.await?.ok_or_else(|| no_such_job(id))?;
        self.count_end(&job, before);
        Ok(job)
    }

    /// Counts a job that a committed change has brought to an end.
    fn count_end(&self, job: &Job, before: JobState) {
        if job.state.is_end() && job.state != before {
            self.0.finished.add(job.service_id, job.state);
        }
    }

    /// Whether results satisfy a service's schema.
    ///
    /// # Errors
    /// A [`Report`] with every violation.
    pub async fn check_results(&self, service: Uuid, results: &JsonText) -> Result<(), Report> {
        let contract = self.contracts().of(self.database(), service).await?;
        contract.check_results(results.as_str()).await
    }

    /// Changes a job in a transaction, to which no results are given that were not checked; gives the state before as well.
    pub(crate) async fn change_checked(
        &self,
        tx: &mut Transaction,
        id: Uuid,
        change: &JobChange,
    ) -> Result<(Tracked<Job>, JobState), Report> {
        let job = tx.get::<Job>(id).await?;
        let mut job = job.ok_or_else(|| no_such_job(id))?;
        let stored = match (&change.results, job.results_bytes) {
            (Some(_), Some(_)) => tx.get::<JobResults>(id).await?,
            _ => None,
        };
        let results = stored.as_ref().map(|stored| &stored.document);
        let before = self.apply(&mut job, change, results)?;
        if let Some(results) = &change.results {
            store_results(tx, id, stored, results).await?;
        }
        tx.save(&mut job).await?;
        Ok((job, before))
    }

    /// Changes a job's row; gives the state before.
    fn apply(
        &self,
        job: &mut Tracked<Job>,
        change: &JobChange,
        stored: Option<&JsonText>,
    ) -> Result<JobState, Report> {
        let tag = EntityTag::of_version(job.version);
        if !change.preconditions.hold(Some(&tag)) {
            return Err(ApiError::precondition_failed().into());
        }
        let before = Before {
            state: job.state,
            results: stored,
        };
        let state = moved(&before, change.status, change.results.as_ref())?;
        let before = job.state;
        self.enter(job, state);
        if let Some(results) = &change.results {
            job.set(Job::RESULTS_BYTES, results.bytes());
        }
        Ok(before)
    }

    /// Notes in a job's row what being in a state means, and counts that something was done to it.
    pub(super) fn enter(&self, job: &mut Tracked<Job>, state: JobState) {
        let now = now();
        let version = job.version.saturating_add(1);
        job.set(Job::VERSION, version);
        if state == JobState::Leased {
            if job.state != JobState::Leased {
                let attempt = job.attempt.saturating_add(1);
                job.set(Job::ATTEMPT, attempt);
            }
            // Whoever changes a job while it is being worked on is still there.
            job.set(Job::LEASE_UNTIL, self.patience(now));
        } else if job.state == JobState::Leased {
            job.set(Job::LEASE_UNTIL, None);
            job.set(Job::WORKER, None);
        }
        if state != job.state {
            let finished = state.is_end().then_some(now);
            job.set(Job::DATE_FINISHED, finished);
            job.set(Job::STATE, state);
        }
    }

    /// Until when a worker is waited for that gave a sign of life now.
    pub(super) fn patience(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let timeout = TimeDelta::from_std(self.0.worker_timeout?).ok()?;
        now.checked_add_signed(timeout)
    }
}

fn no_such_job(id: Uuid) -> ApiError {
    ApiError::record_not_found("Job", id)
}

async fn store_results(
    tx: &mut Transaction,
    job: Uuid,
    stored: Option<Tracked<JobResults>>,
    results: &JsonText,
) -> Result<(), Report> {
    if let Some(mut stored) = stored {
        stored.set(JobResults::DOCUMENT, results.clone());
        return tx.save(&mut stored).await;
    }
    let results = JobResults {
        job_id: job,
        document: results.clone(),
    };
    tx.insert(&results).await.map(drop)
}
