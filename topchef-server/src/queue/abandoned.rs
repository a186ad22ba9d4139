//! Jobs whose worker gave no sign of life for too long: they go back to those that wait.
//!
//! The original left the jobs of a dead worker WORKING for ever.
//! A worker that takes longer changes the job now and then, if only to say once more that it is WORKING; that its service
//! checks in says nothing of this job's worker.

use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};
use topchef_runtime::Report;
use topchef_runtime::query::Comparison;
use topchef_runtime::transaction::again;
use uuid::Uuid;

use super::Queue;
use super::clock::now;
use crate::resources::{Job, JobState};

/// How many jobs are looked at in one go.
const BATCH: u64 = 100;

/// The longest and the shortest time between two looks.
const PAUSES: (Duration, Duration) = (Duration::from_mins(1), Duration::from_millis(200));

/// Looks after abandoned jobs until it is dropped.
#[derive(Debug)]
#[must_use = "nobody looks after abandoned jobs once this is dropped"]
pub struct Watch(Option<JoinHandle<()>>);

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(task) = &self.0 {
            task.abort();
        }
    }
}

impl Queue {
    /// Begins to look after abandoned jobs, every now and then; nothing is done where workers are waited for without end.
    ///
    /// Any number of servers may do so over one database.
    pub fn watch(&self) -> Watch {
        let Some(timeout) = self.0.worker_timeout else {
            return Watch(None);
        };
        let (longest, shortest) = PAUSES;
        let mut ticks = interval((timeout / 4).clamp(shortest, longest));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let queue = self.clone();
        Watch(Some(tokio::spawn(async move {
            loop {
                ticks.tick().await;
                if let Err(report) = queue.take_back_abandoned().await {
                    tracing::warn!(%report, "cannot look for abandoned jobs; tried again later");
                    report.log();
                }
            }
        })))
    }

    /// Takes back the jobs that were abandoned until now, and says how many they were.
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    pub async fn take_back_abandoned(&self) -> Result<u64, Report> {
        let mut taken = 0;
        if self.0.worker_timeout.is_none() {
            return Ok(taken);
        }
        loop {
            let is_due = Job::LEASE_UNTIL.le(now()).or(Job::LEASE_UNTIL.is_null());
            let working = Job::STATE.constant(Comparison::Equal, JobState::Leased);
            let due = self.database().select::<Job>().filter(working.and(is_due));
            // In the order of the index of jobs that are worked on: the finished ones are not looked at.
            let jobs = due
                .order_by(Job::LEASE_UNTIL.asc())
                .limit(BATCH)
                .all()
                .await?;
            for job in &jobs {
                taken += u64::from(again(|| self.take_back(job.id)).await?);
            }
            if (jobs.len() as u64) < BATCH {
                return Ok(taken);
            }
        }
    }

    /// Takes one back, unless it is not abandoned after all.
    async fn take_back(&self, id: Uuid) -> Result<bool, Report> {
        let mut tx = self.database().transaction().await?;
        let Some(mut job) = tx.get::<Job>(id).await? else {
            return Ok(false);
        };
        let now = now();
        if job.state != JobState::Leased || job.lease_until.is_some_and(|until| until > now) {
            return Ok(false);
        }
        // One that was taken while workers were waited for without end is waited for from now on.
        let is_abandoned = job.lease_until.is_some();
        if is_abandoned {
            self.enter(&mut job, JobState::Ready);
        } else {
            job.set(Job::LEASE_UNTIL, self.patience(now));
        }
        tx.save(&mut job).await?;
        let service = job.service_id;
        tx.commit().await?;
        if is_abandoned {
            tracing::warn!(%service, job = %id, "a job was abandoned by its worker and waits again");
        }
        Ok(is_abandoned)
    }
}
