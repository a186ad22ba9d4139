//! How a job comes into the queue: by itself, or in the transaction of a hook.
//!
//! It does not know who submits it.

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use serde::Serialize;
use topchef_runtime::{ApiError, Context, Report, Transaction};
use uuid::Uuid;

use super::Queue;
use crate::resources::{Job, JobParameters, JobState, JsonText};

/// A job that was just submitted, with what is to be done.
#[derive(Clone, Debug)]
pub struct Submitted {
    /// The job.
    pub job: Job,
    /// What is to be done, as it was sent.
    pub parameters: JsonText,
}

impl Queue {
    /// Submits a job, and makes it durable; whether the service is available or not.
    ///
    /// # Errors
    /// A [`Report`]: 404 when there is no such service; 400 with every violation of its schema.
    pub async fn submit(&self, service: Uuid, parameters: JsonText) -> Result<Submitted, Report> {
        self.check_parameters(service, &parameters).await?;
        let submitted = submitted(service, parameters);
        let inserts = self.database().inserts().insert(&submitted.job)?;
        inserts.insert(&submitted.parameters())?.commit().await?;
        Ok(submitted)
    }

    /// As [`submit`](Self::submit), in a transaction: the job is there when the transaction is committed, and never
    /// otherwise.
    ///
    /// # Errors
    /// As [`submit`](Self::submit); what else is wrong with the transaction.
    pub async fn submit_in(
        &self,
        tx: &mut Transaction,
        service: Uuid,
        parameters: JsonText,
    ) -> Result<Submitted, Report> {
        self.check_parameters(service, &parameters).await?;
        let submitted = submitted(service, parameters);
        tx.insert(&submitted.job).await?;
        tx.insert(&submitted.parameters()).await?;
        Ok(submitted)
    }

    async fn check_parameters(&self, service: Uuid, parameters: &JsonText) -> Result<(), Report> {
        let contract = self.contracts().of(self.database(), service).await?;
        contract
            .check_parameters(parameters.as_str().to_owned())
            .await
    }
}

/// Submitting jobs from hooks: `cx.submit(tx, service, &parameters)`.
///
/// The queue is state of the application: `Api::new(database).state(queue)`.
pub trait Submit {
    /// Submits a job in the hook's transaction: it is there when the hook's writes are, and never otherwise.
    ///
    /// # Errors
    /// A [`Report`]: 404 when there is no such service; 400 with every violation of its schema; 500 when the application has
    /// no queue, or the parameters have no JSON form.
    fn submit<P: Serialize + Sync>(
        &self,
        tx: &mut Transaction,
        service: Uuid,
        parameters: &P,
    ) -> impl Future<Output = Result<Job, Report>> + Send;
}

impl Submit for Context {
    async fn submit<P: Serialize + Sync>(
        &self,
        tx: &mut Transaction,
        service: Uuid,
        parameters: &P,
    ) -> Result<Job, Report> {
        let queue = self.state::<Queue>().ok_or_else(|| {
            ApiError::internal(std::io::Error::other(
                "the application's state has no queue",
            ))
        })?;
        let parameters = JsonText::of(parameters).map_err(ApiError::serialization)?;
        Ok(queue.submit_in(tx, service, parameters).await?.job)
    }
}

fn submitted(service: Uuid, parameters: JsonText) -> Submitted {
    let now = now();
    let job = Job {
        // Of version 7, later jobs have greater ones.
        id: Uuid::now_v7(),
        service_id: service,
        state: JobState::Ready,
        priority: 0,
        run_at: now,
        attempt: 0,
        lease_number: 0,
        lease_until: None,
        worker: None,
        unique_key: None,
        ordering_key: None,
        job_set_id: None,
        parameters_bytes: parameters.bytes(),
        results_bytes: None,
        version: 1,
        date_submitted: now,
        date_finished: None,
    };
    Submitted { job, parameters }
}

impl Submitted {
    fn parameters(&self) -> JobParameters {
        JobParameters {
            job_id: self.job.id,
            document: self.parameters.clone(),
        }
    }
}

/// Now, in the microseconds that are stored: what is answered is what will be read.
pub(super) fn now() -> DateTime<Utc> {
    let now = Utc::now();
    now.duration_trunc(TimeDelta::microseconds(1))
        .unwrap_or(now)
}
