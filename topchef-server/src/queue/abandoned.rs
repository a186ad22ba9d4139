//! Jobs whose worker gave no sign of life for too long: they go back to those that wait.
//!
//! The original left the jobs of a dead worker WORKING for ever.
//! A worker is alive while it changes the job, and while its service checks in.

use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};
use topchef_runtime::Report;
use topchef_runtime::query::Comparison;
use topchef_runtime::transaction::again;
use uuid::Uuid;

use super::Queue;
use super::submit::now;
use crate::resources::{Job, JobState, Service};

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
        let mut after = Uuid::nil();
        loop {
            let due = crate::resources::open()
                .and(Job::STATE.constant(Comparison::Equal, JobState::Leased))
                .and(Job::LEASE_UNTIL.le(now()))
                .and(Job::ID.gt(after));
            let due = self.database().select::<Job>().filter(due);
            let jobs = due.order_by(Job::ID.asc()).limit(BATCH).all().await?;
            for job in &jobs {
                after = job.id;
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
        let is_due =
            job.state == JobState::Leased && job.lease_until.is_some_and(|until| until <= now);
        if !is_due {
            return Ok(false);
        }
        let service = tx
            .select::<Service>()
            .filter(Service::ID.eq(job.service_id));
        let is_alive = service
            .first()
            .await?
            .is_some_and(|service| !service.has_timed_out());
        if is_alive {
            job.set(Job::LEASE_UNTIL, self.patience(now));
        } else {
            self.enter(&mut job, JobState::Ready);
        }
        tx.save(&mut job).await?;
        let service = job.service_id;
        tx.commit().await?;
        if !is_alive {
            tracing::warn!(%service, job = %id, "a job was abandoned by its worker and waits again");
        }
        Ok(!is_alive)
    }
}
