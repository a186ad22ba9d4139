//! How a job comes into the queue: by itself, or in the transaction of a hook.
//!
//! It does not know who submits it.

use http::StatusCode;
use serde::Serialize;
use topchef_runtime::{ApiError, Context, Report, Transaction};
use uuid::Uuid;

use super::Queue;
use super::clock::now;
use crate::resources::{Job, JobParameters, JobState, JsonText};

/// What is to be done, and for whom.
#[derive(Clone, Debug)]
pub struct Submission {
    /// The service that is to do it.
    pub service: Uuid,
    /// What is to be done.
    pub parameters: JsonText,
    /// The set that the job belongs to.
    pub job_set: Option<Uuid>,
}

impl Submission {
    /// A job for a service, which belongs to no set.
    pub fn new(service: Uuid, parameters: JsonText) -> Self {
        Self {
            service,
            parameters,
            job_set: None,
        }
    }

    /// In a set.
    #[must_use]
    pub fn in_set(mut self, job_set: Option<Uuid>) -> Self {
        self.job_set = job_set;
        self
    }
}

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
    /// A [`Report`]: 404 when there is no such service or set; 400 with every violation of the service's schema.
    pub async fn submit(&self, submission: Submission) -> Result<Submitted, Report> {
        self.check(&submission).await?;
        let submitted = submitted(submission);
        let inserts = self.database().inserts().insert(&submitted.job)?;
        let stored = inserts.insert(&submitted.parameters())?.commit().await;
        match stored {
            Ok(()) => {
                self.0
                    .seen
                    .note(&submitted.job, Some(&submitted.parameters));
                Ok(submitted)
            }
            Err(refusal) => Err(self.why_not_stored(&submitted.job, refusal).await),
        }
    }

    /// As [`submit`](Self::submit), in a transaction: the job is there when the transaction is committed, and never
    /// otherwise.
    ///
    /// The service, its schema and the set are looked for outside the transaction, so that they must be there before it;
    /// the parameters are validated while it is open, which is a matter of microseconds for an ordinary schema.
    ///
    /// # Errors
    /// As [`submit`](Self::submit); what else is wrong with the transaction.
    pub async fn submit_in(
        &self,
        tx: &mut Transaction,
        submission: Submission,
    ) -> Result<Submitted, Report> {
        self.check(&submission).await?;
        let submitted = submitted(submission);
        match Self::insert(tx, &submitted).await {
            Ok(()) => Ok(submitted),
            Err(refusal) => Err(self.why_not_stored(&submitted.job, refusal).await),
        }
    }

    /// Stores a job whose parameters were checked.
    pub(crate) async fn insert(tx: &mut Transaction, submitted: &Submitted) -> Result<(), Report> {
        tx.insert(&submitted.job).await?;
        tx.insert(&submitted.parameters()).await.map(drop)
    }

    async fn check(&self, submission: &Submission) -> Result<(), Report> {
        let service = submission.service;
        let contract = self.contracts().of(self.database(), service).await?;
        let mut report = Report::new();
        if let Some(set) = submission.job_set
            && let Err(missing) = self.job_set(set).await
        {
            report.append(missing);
        }
        let parameters = submission.parameters.as_str();
        if let Err(violations) = contract.check_parameters(parameters).await {
            report.append(violations);
        }
        report.into_result()
    }

    /// Why a job was not stored: contracts are kept, and its service or its set may be gone, perhaps by another server.
    async fn why_not_stored(&self, job: &Job, refusal: Report) -> Report {
        if refusal.status() != StatusCode::CONFLICT {
            return refusal;
        }
        self.contracts().forget(job.service_id);
        if let Err(missing) = self.service(job.service_id).await {
            return missing;
        }
        match job.job_set_id {
            Some(set) => self.job_set(set).await.err().unwrap_or(refusal),
            None => refusal,
        }
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
        let submission = Submission::new(service, parameters);
        Ok(queue.submit_in(tx, submission).await?.job)
    }
}

/// A job as it comes into the queue; its parameters are to be checked by whoever stores it.
pub(crate) fn submitted(submission: Submission) -> Submitted {
    let Submission {
        service,
        parameters,
        job_set,
    } = submission;
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
        job_set_id: job_set,
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
