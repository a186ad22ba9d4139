//! Jobs whose worker gave no sign of life for too long: they go back to those that wait.
//!
//! The original left the jobs of a dead worker WORKING for ever.
//! A worker is there while it changes the job, and while its service checks in.

use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};
use topchef_runtime::Report;
use topchef_runtime::query::{Comparison, Filter};
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
                let looked = match queue.wait_for_all().await {
                    Ok(()) => queue.take_back_abandoned().await.map(drop),
                    Err(report) => Err(report),
                };
                if let Err(report) = looked {
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
        let Some(timeout) = self.0.worker_timeout else {
            return Ok(0);
        };
        let until = now();
        let mut taken = 0;
        let mut after: Option<(DateTime<Utc>, Uuid)> = None;
        loop {
            let mut due = leased().and(Job::LEASE_UNTIL.le(until));
            if let Some((lease, id)) = after {
                let same = Job::LEASE_UNTIL.eq(lease).and(Job::ID.gt(id));
                due = due.and(Job::LEASE_UNTIL.gt(lease).or(same));
            }
            // In the order of their index: finished jobs are never read.
            let jobs = self.database().select::<Job>().filter(due);
            let jobs = jobs.order_by(Job::LEASE_UNTIL.asc());
            let jobs = jobs.order_by(Job::ID.asc()).limit(BATCH).all().await?;
            for job in &jobs {
                after = job.lease_until.map(|lease| (lease, job.id));
                taken += u64::from(again(|| self.take_back(job.id, timeout)).await?);
            }
            if (jobs.len() as u64) < BATCH {
                return Ok(taken);
            }
        }
    }

    /// Waits from now on for the workers of jobs that were taken while workers were waited for without end.
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    pub async fn wait_for_all(&self) -> Result<(), Report> {
        while self.patience(now()).is_some() {
            let jobs = self.database().select::<Job>();
            let jobs = jobs.filter(leased().and(Job::LEASE_UNTIL.is_null()));
            let jobs = jobs.limit(BATCH).all().await?;
            for job in &jobs {
                again(|| self.begin_to_wait(job.id)).await?;
            }
            if (jobs.len() as u64) < BATCH {
                break;
            }
        }
        Ok(())
    }

    async fn begin_to_wait(&self, id: Uuid) -> Result<(), Report> {
        let mut tx = self.database().transaction().await?;
        if let Some(mut job) = tx.get::<Job>(id).await?
            && job.state == JobState::Leased
            && job.lease_until.is_none()
        {
            job.set(Job::LEASE_UNTIL, self.patience(now()));
            tx.save(&mut job).await?;
        }
        tx.commit().await
    }

    /// Takes one back, unless it is not abandoned after all.
    ///
    /// Nothing is written of a job whose service checks in: its worker may send back the version that it has read.
    async fn take_back(&self, id: Uuid, timeout: Duration) -> Result<bool, Report> {
        let mut tx = self.database().transaction().await?;
        let Some(mut job) = tx.get::<Job>(id).await? else {
            return Ok(false);
        };
        let now = now();
        let is_due = job.lease_until.is_some_and(|until| until <= now);
        if job.state != JobState::Leased || !is_due {
            return Ok(false);
        }
        let service = tx
            .select::<Service>()
            .filter(Service::ID.eq(job.service_id));
        let checks_in = service
            .first()
            .await?
            .is_some_and(|service| checks_in(&service, timeout, now));
        if checks_in {
            return Ok(false);
        }
        self.enter(&mut job, JobState::Ready);
        tx.save(&mut job).await?;
        let service = job.service_id;
        tx.commit().await?;
        tracing::warn!(%service, job = %id, "a job was abandoned by its worker and waits again");
        Ok(true)
    }
}

/// Whether a service has checked in as lately as it says that it does, or as workers are waited for.
fn checks_in(service: &Service, timeout: Duration, now: DateTime<Utc>) -> bool {
    let silent = now.signed_duration_since(service.last_checked_in);
    // Who has checked in a moment after this one is there too.
    let is_silent = silent.to_std().is_ok_and(|silent| silent > timeout);
    !is_silent || !service.has_timed_out()
}

/// The jobs that are being worked on.
fn leased() -> Filter<Job> {
    Job::STATE.constant(Comparison::Equal, JobState::Leased)
}
