//! Sets of jobs: which jobs belong to one, and how far they are.
//!
//! It does not know how sets are made and described; that is the resource's own business.

use std::collections::BTreeSet;

use http::StatusCode;
use serde::Serialize;
use topchef_runtime::transaction::again;
use topchef_runtime::{ApiError, Report};
use uuid::Uuid;

use super::Queue;
use crate::resources::{Job, JobSet, JobStatus};

/// How far the jobs of a set are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// How many there are.
    pub total: u64,
    /// How many wait.
    #[serde(rename = "REGISTERED")]
    pub registered: u64,
    /// How many are being worked on.
    #[serde(rename = "WORKING")]
    pub working: u64,
    /// How many are done.
    #[serde(rename = "COMPLETED")]
    pub completed: u64,
    /// How many were given up.
    #[serde(rename = "ERROR")]
    pub error: u64,
}

impl Progress {
    fn add(&mut self, status: JobStatus, jobs: u64) {
        self.total += jobs;
        *match status {
            JobStatus::Registered => &mut self.registered,
            JobStatus::Working => &mut self.working,
            JobStatus::Completed => &mut self.completed,
            JobStatus::Error => &mut self.error,
        } += jobs;
    }
}

impl Queue {
    /// The set with that id.
    ///
    /// # Errors
    /// A [`Report`] with 404 when there is none.
    pub async fn job_set(&self, id: Uuid) -> Result<JobSet, Report> {
        let found = self.database().find(JobSet::ID.eq(id)).await?;
        found.ok_or_else(|| ApiError::record_not_found("JobSet", id).into())
    }

    /// How far the jobs of a set are.
    ///
    /// # Errors
    /// A [`Report`] with 404 when there is no such set.
    pub async fn progress(&self, set: Uuid) -> Result<Progress, Report> {
        self.job_set(set).await?;
        let jobs = self.database().select::<Job>();
        let jobs = jobs.filter(Job::JOB_SET_ID.eq(set));
        let mut progress = Progress::default();
        for (_, state, count) in jobs.count_by(Job::JOB_SET_ID, Job::STATE).await? {
            progress.add(state.status(), count);
        }
        Ok(progress)
    }

    /// Adds jobs to a set; those that are in it already stay there.
    ///
    /// # Errors
    /// A [`Report`] with everything that is wrong: 404 when there is no such set, and for each job that does not exist; 409
    /// for each job that belongs to another set. Then none is added.
    pub async fn add_to_set(&self, set: Uuid, jobs: &[Uuid]) -> Result<(), Report> {
        // Each once, and in one order for all who add: nobody holds a job that another waits for.
        let jobs: BTreeSet<Uuid> = jobs.iter().copied().collect();
        again(async || {
            let mut tx = self.database().transaction().await?;
            if tx.get::<JobSet>(set).await?.is_none() {
                return Err(ApiError::record_not_found("JobSet", set).into());
            }
            let mut report = Report::new();
            for &id in &jobs {
                match tx.get::<Job>(id).await? {
                    None => report.push(ApiError::record_not_found("Job", id)),
                    Some(job) if job.job_set_id == Some(set) => {}
                    Some(job) if job.job_set_id.is_some() => report.push(of_another_set(id)),
                    Some(mut job) => {
                        job.set(Job::JOB_SET_ID, set);
                        tx.save(&mut job).await?;
                    }
                }
            }
            report.into_result()?;
            tx.commit().await
        })
        .await
    }

    /// Takes a job out of a set; the job stays.
    ///
    /// # Errors
    /// A [`Report`] with 404 when there is no such set, or no such job in it.
    pub async fn remove_from_set(&self, set: Uuid, job: Uuid) -> Result<(), Report> {
        self.job_set(set).await?;
        again(async || {
            let mut tx = self.database().transaction().await?;
            let found = tx.get::<Job>(job).await?;
            let found = found.filter(|job| job.job_set_id == Some(set));
            let mut found = found.ok_or_else(|| ApiError::record_not_found("Job", job))?;
            found.set(Job::JOB_SET_ID, None);
            tx.save(&mut found).await?;
            tx.commit().await
        })
        .await
    }
}

fn of_another_set(job: Uuid) -> ApiError {
    let detail = format!("the job {job} belongs to another set; take it out of that one first");
    ApiError::new(StatusCode::CONFLICT, "Conflict", detail).with_code("job_of_another_set")
}
