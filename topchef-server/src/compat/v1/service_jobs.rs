//! `/v1/services/{id}/jobs` and `/v1/services/{id}/queue`.

use http::StatusCode;
use topchef_runtime::{Reply, Report};

use super::super::{body, details};
use super::services::PREFIX;
use crate::queue::{Documents, JobView};
use crate::resources::Job;
use crate::wire::{self, Call, Envelope, located};

/// How many jobs of the queue are shown, of those that are worked on and of those that wait.
const SHOWN: u64 = 500;

/// `GET /v1/services/{id}/jobs`.
///
/// # Errors
/// 404; 400 for an unknown query parameter.
pub async fn list(mut call: Call) -> Result<Reply, Report> {
    let id = call.id().await?;
    call.app.queue().service(id).await?;
    let of_service = vec![Job::SERVICE_ID.eq(id).into()];
    let page = wire::jobs(&call, of_service, JobView::summary()).await?;
    Ok(page.ok())
}

/// `POST /v1/services/{id}/jobs`; also when the service is not available.
///
/// # Errors
/// 400 with everything that is wrong; 404.
pub async fn submit(mut call: Call) -> Result<Reply, Report> {
    let id = call.id().await?;
    let submitted = body::submit(&call, id).await?;
    let job = &submitted.job;
    let documents = Documents::default().with_parameters(job.id, submitted.parameters.clone());
    let mut data = b"{\"message\":\"Job successfully created\",\"job_details\":".to_vec();
    data.extend(details::submitted(job, &documents));
    data.push(b'}');
    let reply = Envelope::of(&data).reply(StatusCode::CREATED);
    Ok(located(
        reply,
        &call.link(&format!("{PREFIX}/jobs/{}", job.id)),
    ))
}

/// `GET /v1/services/{id}/queue`: what is worked on, then what waits; 200 also when there is nothing.
///
/// # Errors
/// 404.
pub async fn queue(mut call: Call) -> Result<Reply, Report> {
    let id = call.id().await?;
    let queue = call.app.queue();
    // Each list ends by itself where it is too long: what is worked on does not hide what waits.
    let mut jobs = queue.working(id, SHOWN).await?;
    wire::truncate(&mut jobs);
    let mut ready = queue.ready(id, SHOWN).await?;
    wire::truncate(&mut ready);
    jobs.append(&mut ready);
    if jobs.is_empty() {
        // Only then may it be that there is no such service.
        queue.service(id).await?;
    }
    let data = details::jobs(call.app.database(), &jobs).await?;
    Ok(Envelope::of(&data).links(&[("self", call.own_link())]).ok())
}
