//! `/v1/jobs`, `/v1/jobs/{id}` and the job that comes after one.

use http::StatusCode;
use serde_json::json;
use topchef_runtime::{ApiError, Reply, Report};
use uuid::Uuid;

use super::super::{body, details};
use super::services::PREFIX;
use crate::queue::{Documents, JobView};
use crate::resources::{Job, Service};
use crate::wire::{self, Call, Envelope, json as written, located};

/// `GET /v1/jobs`.
///
/// # Errors
/// 400 for an unknown query parameter.
pub async fn list(call: Call) -> Result<Reply, Report> {
    let page = wire::jobs(&call, Vec::new(), JobView::summary()).await?;
    Ok(page.ok())
}

/// `GET /v1/jobs/{id}`.
///
/// # Errors
/// 404.
pub async fn show(mut call: Call) -> Result<Reply, Report> {
    let id = call.id().await?;
    show_one(&call, call.app.queue().job(id).await?).await
}

/// `GET /v1/services/{id}/jobs/{job}`.
///
/// # Errors
/// 404, also when the job is another service's.
pub async fn show_of_service(mut call: Call) -> Result<Reply, Report> {
    let (service, id) = call.two_ids().await?;
    show_one(&call, of_service(&call, service, id).await?).await
}

async fn show_one(call: &Call, job: Job) -> Result<Reply, Report> {
    let jobs = std::slice::from_ref(&job);
    let documents = Documents::of(call.app.database(), jobs).await?;
    Ok(Envelope::of(&details::job(&job, &documents))
        .links(&[("self", call.own_link())])
        .ok())
}

/// `PUT /v1/jobs/{id}` and `PUT /jobs/{id}`, with the whole job as it was read: its status and its results count.
///
/// # Errors
/// 400 with everything that is wrong; 404; 409 when the job is completed.
pub async fn replace(mut call: Call) -> Result<Reply, Report> {
    let id = call.id().await?;
    replace_one(&call, id).await
}

/// `PUT /v1/services/{id}/jobs/{job}`.
///
/// # Errors
/// As [`replace`]; 404 also when the job is another service's.
pub async fn replace_of_service(mut call: Call) -> Result<Reply, Report> {
    let (service, id) = call.two_ids().await?;
    of_service(&call, service, id).await?;
    replace_one(&call, id).await
}

async fn replace_one(call: &Call, id: Uuid) -> Result<Reply, Report> {
    let job = body::replace(call, id).await?;
    let service = call.app.queue().service(job.service_id).await?;
    let data = json!({"message": "Job successfully modified", "job_schema": job_schema(&service)});
    Ok(Envelope::of(&written(&data)?).ok())
}

/// `GET /v1/jobs/{id}/next`: the way to the waiting job of the same service that was submitted after this one; 204 when
/// there is none.
///
/// # Errors
/// 404.
pub async fn next(mut call: Call) -> Result<Reply, Report> {
    let id = call.id().await?;
    let queue = call.app.queue();
    let job = queue.job(id).await?;
    let Some(next) = queue.ready_after(&job).await? else {
        return Ok(Reply::no_content());
    };
    let location = call.link(&format!("{PREFIX}/jobs/{}", next.id));
    let body = json!({"links": {"next": location}});
    let reply = Reply::json(StatusCode::FOUND, &body)?;
    Ok(located(reply, &location))
}

/// A job of a service.
async fn of_service(call: &Call, service: Uuid, id: Uuid) -> Result<Job, Report> {
    let queue = call.app.queue();
    queue.service(service).await?;
    let job = queue.job(id).await?;
    if job.service_id == service {
        Ok(job)
    } else {
        Err(ApiError::record_not_found("Job", id).into())
    }
}

/// What a job of the service may be given.
fn job_schema(service: &Service) -> serde_json::Value {
    json!({
        "type": "object",
        "properties": {
            "status": {"type": "string", "enum": ["REGISTERED", "WORKING", "COMPLETED", "ERROR"]},
            "parameters": service.job_registration_schema,
            "result": service.job_result_schema,
        },
    })
}
