//! `/services/{id}/jobs`, `/services/{id}/jobs/next` and `/services/{id}/queue`.

use http::StatusCode;
use serde_json::json;
use topchef_runtime::{Reply, Report};

use super::super::{body, details};
use super::{jobs, schemas};
use crate::queue::{Documents, JobView};
use crate::resources::Job;
use crate::wire::{self, Call, Envelope, located};

/// How many jobs of the queue are shown.
const SHOWN: u64 = 10;

/// `GET /services/{id}/jobs`.
///
/// # Errors
/// 404; 400 for an unknown query parameter.
pub async fn list(mut call: Call) -> Result<Reply, Report> {
    let id = call.id().await?;
    let service = call.app.queue().service(id).await?;
    let of_service = vec![Job::SERVICE_ID.eq(id).into()];
    let page = wire::jobs(&call, of_service, JobView::detail()).await?;
    let meta = schemas::service_jobs(service.job_registration_schema.as_str());
    Ok(page.raw_meta(&meta).ok())
}

/// `POST /services/{id}/jobs`; also when the service is not available.
///
/// # Errors
/// 400 with everything that is wrong; 404.
pub async fn submit(mut call: Call) -> Result<Reply, Report> {
    let id = call.id().await?;
    let submitted = body::submit(&call, id).await?;
    let job = &submitted.job;
    let documents = Documents::default().with_parameters(job.id, submitted.parameters.clone());
    let mut json = JobView::detail().object_with(job, &documents);
    // The object goes on with what clients of the first form look for.
    json.pop();
    json.extend_from_slice(b",\"job_details\":");
    json.extend(details::submitted(job, &documents));
    json.push(b'}');
    let reply = Envelope::of(&json)
        .meta(&json!(format!("new job ID is {}", job.id)))
        .reply(StatusCode::CREATED);
    Ok(located(reply, &call.link(&format!("/jobs/{}", job.id))))
}

/// `GET /services/{id}/jobs/next`: the oldest registered job, which is not claimed by this; 204 when there is none.
///
/// # Errors
/// 404.
pub async fn next(mut call: Call) -> Result<Reply, Report> {
    let waiting = waiting(&mut call, 1).await?;
    let Some(job) = waiting.first() else {
        return Ok(Reply::no_content());
    };
    let data = JobView::detail().object(call.app.database(), job).await?;
    let reply = Envelope::of(&data)
        .links(&[("self", call.own_link())])
        .meta(&schemas::NEXT)
        .ok();
    Ok(jobs::tagged(reply, job))
}

/// `GET /services/{id}/queue`: the ten oldest registered jobs; 204 when there is none.
///
/// # Errors
/// 404.
pub async fn queue(mut call: Call) -> Result<Reply, Report> {
    let waiting = waiting(&mut call, SHOWN).await?;
    if waiting.is_empty() {
        return Ok(Reply::no_content());
    }
    let data = JobView::detail()
        .array(call.app.database(), &waiting)
        .await?;
    Ok(Envelope::of(&data)
        .links(&[("self", call.own_link())])
        .meta(&schemas::QUEUE)
        .ok())
}

/// The jobs that a worker can take, in the order in which they are to be taken.
async fn waiting(call: &mut Call, most: u64) -> Result<Vec<Job>, Report> {
    let id = call.id().await?;
    let queue = call.app.queue();
    let waiting = queue.ready(id, most).await?;
    if waiting.is_empty() {
        // Only then may it be that there is no such service.
        queue.service(id).await?;
    }
    Ok(waiting)
}
