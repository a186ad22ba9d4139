//! `/services/{id}/jobs`, `/services/{id}/jobs/next` and `/services/{id}/queue`.

use http::StatusCode;
use topchef_runtime::{Reply, Report};
use uuid::Uuid;

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
    Ok(page.meta(&meta).ok())
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
        .meta(&format!("\"new job ID is {}\"", job.id))
        .reply(StatusCode::CREATED);
    Ok(located(reply, &call.link(&format!("/jobs/{}", job.id))))
}

/// `GET /services/{id}/jobs/next`: the oldest registered job, which is not claimed by this; 204 when there is none.
///
/// # Errors
/// 404.
pub async fn next(mut call: Call) -> Result<Reply, Report> {
    let id = call.id().await?;
    let queue = call.app.queue();
    let Some((job, documents)) = queue.next(id).await? else {
        return none_of(&call, id).await;
    };
    let data = JobView::detail().object_with(&job, &documents);
    let reply = Envelope::of(&data)
        .links(&[("self", call.own_link())])
        .meta(&schemas::NEXT)
        .ok();
    Ok(jobs::tagged(reply, &job))
}

/// `GET /services/{id}/queue`: the ten oldest registered jobs; 204 when there is none.
///
/// # Errors
/// 404.
pub async fn queue(mut call: Call) -> Result<Reply, Report> {
    let id = call.id().await?;
    let waiting = call.app.queue().ready(id, SHOWN).await?;
    if waiting.is_empty() {
        return none_of(&call, id).await;
    }
    let data = JobView::detail()
        .array(call.app.database(), &waiting)
        .await?;
    Ok(Envelope::of(&data)
        .links(&[("self", call.own_link())])
        .meta(&schemas::QUEUE)
        .ok())
}

/// That no job of a service waits: only then may it be that there is no such service.
async fn none_of(call: &Call, service: Uuid) -> Result<Reply, Report> {
    call.app.queue().service(service).await?;
    Ok(Reply::no_content())
}
