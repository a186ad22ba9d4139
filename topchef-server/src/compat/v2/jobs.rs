//! `/jobs` and `/jobs/{id}`.

use http::StatusCode;
use http::header::ETAG;
use topchef_runtime::transaction::EntityTag;
use topchef_runtime::{Reply, Report};

use super::super::body;
use super::schemas;
use crate::queue::JobView;
use crate::resources::Job;
use crate::wire::{self, Call, Envelope};

/// `GET /jobs`.
///
/// # Errors
/// 400 for an unknown query parameter.
pub async fn list(call: Call) -> Result<Reply, Report> {
    let page = wire::jobs(&call, Vec::new(), JobView::summary()).await?;
    Ok(page.meta(&schemas::JOBS).ok())
}

/// `GET /jobs/{id}`.
///
/// # Errors
/// 404.
pub async fn show(mut call: Call) -> Result<Reply, Report> {
    let id = call.id().await?;
    let job = call.app.queue().job(id).await?;
    let data = JobView::detail().object(call.app.database(), &job).await?;
    let reply = Envelope::of(&data)
        .links(&[("self", call.link(&format!("/jobs/{id}")))])
        .meta(&schemas::JOB)
        .ok();
    Ok(tagged(reply, &job))
}

/// `PATCH /jobs/{id}`: status and results, each left as it is when absent or null; answers with the bare job.
///
/// # Errors
/// 400 with everything that is wrong; 404; 409 when the job is completed; 412 when `If-Match` names another version.
pub async fn change(mut call: Call) -> Result<Reply, Report> {
    let id = call.id().await?;
    let job = body::change(&call, id, "results").await?;
    let json = JobView::detail().object(call.app.database(), &job).await?;
    Ok(tagged(Reply::raw_json(StatusCode::OK, json), &job))
}

/// With the tag of the job as it is stored: who sends it back in `If-Match` changes the job only if nobody else did.
pub(super) fn tagged(reply: Reply, job: &Job) -> Reply {
    match EntityTag::of_version(job.version).to_string().parse() {
        Ok(tag) => reply.header(ETAG, tag),
        Err(_) => reply,
    }
}
