//! A job: parameters that satisfy its service's schema, a status, and in the end results that satisfy the other one.
//!
//! It does not know who works on it.

use chrono::{DateTime, Utc};
use http::StatusCode;
use serde_json::Value as Json;
use topchef_runtime::{
    ApiError, Context, Input, ModelResource, Next, Report, ResourceEnum, Tracked, Transaction,
};
use uuid::Uuid;

use super::JsonObject;
use super::contracts::contracts;

/// Where a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ResourceEnum)]
#[resource(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum JobStatus {
    /// Waiting for a worker.
    Registered,
    /// A worker has it.
    Working,
    /// Done, with results.
    Completed,
    /// Given up.
    Error,
}

/// Something that a service was asked to do.
#[derive(Clone, Debug, ModelResource)]
#[resource(
    serial_fields(
        get = [id, status, parameters, results, date_submitted],
        list = [id, status, date_submitted],
        post = [id, status, parameters, results, date_submitted],
        patch = [id, status, parameters, results, date_submitted],
    ),
    process_input(post = parameters_satisfy_the_service, patch = results_satisfy_the_service),
    before_commit(patch = finished_jobs_stay_finished),
    collection(filter = [service_id, status, date_submitted])
)]
pub struct Job {
    /// Made by the server when the job is submitted; later jobs have greater ones.
    #[resource(read_only)]
    pub id: Uuid,
    /// The service that is to do it.
    pub service_id: Uuid,
    /// Where it is.
    #[resource(default = JobStatus::Registered)]
    pub status: JobStatus,
    /// What is to be done; does not change.
    #[resource(json)]
    pub parameters: JsonObject,
    /// What came of it.
    #[resource(json)]
    pub results: Option<JsonObject>,
    /// When it was submitted.
    #[resource(read_only, default = Utc::now)]
    pub date_submitted: DateTime<Utc>,
}

async fn parameters_satisfy_the_service(
    cx: &Context,
    input: &mut Input<Job>,
) -> Result<(), Report> {
    let contracts = contracts(cx)?;
    let service = input.get(Job::SERVICE_ID)?;
    let parameters = input.get(Job::PARAMETERS)?;
    // What is missing is told by the runtime.
    let (Some(service), Some(parameters)) = (service, parameters) else {
        return Ok(());
    };
    let contract = contracts.of(cx.database(), service).await?;
    contract
        .check_parameters(parameters.as_str().to_owned())
        .await
}

/// Schemas do not change, so results are validated before the transaction that stores them is opened.
async fn results_satisfy_the_service(cx: &Context, input: &mut Input<Job>) -> Result<(), Report> {
    let contracts = contracts(cx)?;
    let results = input.get(Job::RESULTS)?.flatten();
    let (Some(results), Some(id)) = (results, cx.key::<Uuid>()) else {
        return Ok(());
    };
    // A job that does not exist is told by the runtime.
    let Some(job) = cx.database().find(Job::ID.eq(id)).await? else {
        return Ok(());
    };
    let contract = contracts.of(cx.database(), job.service_id).await?;
    contract.check_results(results.as_str().to_owned()).await
}

/// While a job is stored as COMPLETED, it may be given results if it has none, and moved to REGISTERED with those it has;
/// a PATCH that changes nothing passes too, and every other is refused. From REGISTERED all goes on as for a new job.
///
/// The original let everything pass: the worker who came second overwrote the first one's results.
async fn finished_jobs_stay_finished(
    _cx: &Context,
    _tx: &mut Transaction,
    job: &mut Tracked<Job>,
) -> Result<Next, ApiError> {
    let Some(prior) = job
        .prior()
        .filter(|prior| prior.status == JobStatus::Completed)
    else {
        return Ok(Next::Proceed);
    };
    match job.status {
        JobStatus::Completed if prior.results.is_none() => Ok(Next::Proceed),
        JobStatus::Completed | JobStatus::Registered if same_results(prior, job) => {
            Ok(Next::Proceed)
        }
        JobStatus::Completed | JobStatus::Registered => {
            Err(conflict("the job is completed; its results do not change"))
        }
        JobStatus::Working | JobStatus::Error => Err(conflict(
            "the job is completed; move it to REGISTERED to have it done again",
        )),
    }
}

fn conflict(detail: &'static str) -> ApiError {
    ApiError::new(StatusCode::CONFLICT, "Conflict", detail).with_code("job_finished")
}

/// Whether the results are the same JSON as before, or there are none as before.
fn same_results(prior: &Job, job: &Job) -> bool {
    match (&prior.results, &job.results) {
        (None, None) => true,
        (Some(prior), Some(results)) => same_json(prior.as_str(), results.as_str()),
        _ => false,
    }
}

fn same_json(one: &str, other: &str) -> bool {
    let parsed = |text| serde_json::from_str::<Json>(text).ok();
    one == other || parsed(one).is_some_and(|json| Some(json) == parsed(other))
}
