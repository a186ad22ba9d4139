//! What is below `/job-sets/{id}`: its jobs, how far they are, and what came of them. The sets themselves are a resource.

use http::StatusCode;
use serde::Deserialize as _;
use topchef_runtime::transaction::Object;
use topchef_runtime::{Api, ApiError, Reply, Report};
use uuid::Uuid;

use crate::app::App;
use crate::queue::{JobField, JobView};
use crate::resources::{Job, JobSet};
use crate::wire::{self, Call, Envelope};

/// The most jobs that are added at once.
const MOST: usize = 1_000;

/// `/job-sets` and `/job-sets/{id}`: a resource as any application has them.
pub fn resource(app: &App) -> axum::Router {
    Api::new(app.database().clone())
        .resource::<JobSet>()
        .max_body_bytes(app.max_body_bytes())
        .without_documentation()
        .public()
        .into_router()
}

/// `GET /job-sets/{id}/jobs`; filters, pages and fields as those of `/jobs`.
///
/// # Errors
/// 404; 400 for an unknown query parameter.
pub async fn jobs(call: Call) -> Result<Reply, Report> {
    of_set(call, JobView::summary()).await
}

/// `GET /job-sets/{id}/results`: what came of each of its jobs.
///
/// # Errors
/// 404; 400 for an unknown query parameter.
pub async fn results(call: Call) -> Result<Reply, Report> {
    let view = JobView::of(&[JobField::Id, JobField::Status, JobField::Results]);
    of_set(call, view).await
}

async fn of_set(mut call: Call, view: JobView) -> Result<Reply, Report> {
    let id = call.id().await?;
    call.app.queue().job_set(id).await?;
    let of_set = vec![Job::JOB_SET_ID.eq(id).into()];
    Ok(wire::jobs(&call, of_set, view).await?.ok())
}

/// `POST /job-sets/{id}/jobs` with `{"jobs": [id, …]}`: adds jobs that there are; all or none.
///
/// # Errors
/// 400 with everything that is wrong; 404 for each job that there is not; 409 for each that belongs to another set.
pub async fn add(mut call: Call) -> Result<Reply, Report> {
    let id = call.id().await?;
    let body = call.json()?;
    let jobs = ids(&Object::read(&body)?)?;
    call.app.queue().add_to_set(id, &jobs).await?;
    how_far(&call, id).await
}

/// `GET /job-sets/{id}/progress`: how many of its jobs are in each status.
///
/// # Errors
/// 404.
pub async fn progress(mut call: Call) -> Result<Reply, Report> {
    let id = call.id().await?;
    how_far(&call, id).await
}

/// `DELETE /job-sets/{id}/jobs/{job}`: takes a job out of the set; the job stays.
///
/// # Errors
/// 404.
pub async fn remove(mut call: Call) -> Result<Reply, Report> {
    let (set, job) = call.two_ids().await?;
    call.app.queue().remove_from_set(set, job).await?;
    Ok(Reply::no_content())
}

async fn how_far(call: &Call, set: Uuid) -> Result<Reply, Report> {
    let progress = call.app.queue().progress(set).await?;
    let own = call.link(&format!("/job-sets/{set}/progress"));
    Ok(Envelope::of(&wire::json(&progress)?)
        .links(&[("self", own)])
        .reply(StatusCode::OK))
}

/// The ids under `jobs`, with everything that is wrong with them.
fn ids(object: &Object<'_>) -> Result<Vec<Uuid>, Report> {
    let wrong = |code, detail: &str| Report::from(ApiError::deserialization("jobs", code, detail));
    let Some(json) = object.get("jobs") else {
        return Err(wrong("required", "is required"));
    };
    let Ok(texts) = Vec::<serde_json::Value>::deserialize(json) else {
        return Err(wrong("type", "must be an array of ids of jobs"));
    };
    if texts.len() > MOST {
        return Err(wrong("length", "must be at most 1000 ids"));
    }
    let mut report = Report::new();
    let mut ids = Vec::with_capacity(texts.len());
    for (place, text) in texts.iter().enumerate() {
        match text.as_str().and_then(wire::uuid) {
            Some(id) => ids.push(id),
            None => report.push(
                ApiError::deserialization("jobs", "type", "must be the UUID of a job")
                    .at(format!("/jobs/{place}")),
            ),
        }
    }
    report.into_result()?;
    Ok(ids)
}
