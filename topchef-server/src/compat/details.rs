//! Services and jobs as the first form shows them; the second tells them too, in its answers 201.
//!
//! It does not know the paths.

use serde::Serialize;
use topchef_runtime::{Database, Report};
use uuid::Uuid;

use crate::queue::{Documents, JobField, JobView};
use crate::resources::{Job, JsonObject, Service};
use crate::wire::Call;

/// A service with everything that this form shows of one.
#[derive(Serialize)]
pub(super) struct ServiceDetails<'a> {
    id: Uuid,
    name: &'a str,
    description: &'a str,
    has_timed_out: bool,
    is_service_available: bool,
    timeout: i64,
    job_registration_schema: &'a JsonObject,
    job_result_schema: &'a JsonObject,
    url: String,
}

impl<'a> ServiceDetails<'a> {
    /// A service whose own address begins with `prefix`.
    pub(super) fn of(call: &Call, service: &'a Service, prefix: &str) -> Self {
        Self {
            id: service.id,
            name: &service.name,
            description: &service.description,
            has_timed_out: service.has_timed_out(),
            is_service_available: service.is_service_available,
            timeout: service.timeout,
            job_registration_schema: &service.job_registration_schema,
            job_result_schema: &service.job_result_schema,
            url: call.link(&format!("{prefix}/services/{}", service.id)),
        }
    }
}

/// What this form tells of a job that was just submitted.
pub(super) fn submitted(job: &Job, documents: &Documents) -> Vec<u8> {
    fields().object_with(job, documents)
}

/// A job, with its results as an object that is empty while there are none.
pub(super) fn job(job: &Job, documents: &Documents) -> Vec<u8> {
    let mut json = fields().object_with(job, documents);
    // The object goes on with one more key.
    json.pop();
    json.extend_from_slice(b",\"result\":");
    let results = documents.results(job.id);
    json.extend_from_slice(results.map_or("{}", |results| results.as_str()).as_bytes());
    json.push(b'}');
    json
}

/// Jobs as an array.
pub(super) async fn jobs(database: &Database, jobs: &[Job]) -> Result<Vec<u8>, Report> {
    let documents = Documents::of(database, jobs).await?;
    let shown: Vec<_> = jobs.iter().map(|shown| job(shown, &documents)).collect();
    let mut array = vec![b'['];
    array.extend(shown.join(&b','));
    array.push(b']');
    Ok(array)
}

fn fields() -> JobView {
    JobView::of(&[
        JobField::Id,
        JobField::Status,
        JobField::DateSubmitted,
        JobField::Parameters,
    ])
}
