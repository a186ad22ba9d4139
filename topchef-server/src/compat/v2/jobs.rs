//! `/jobs` and `/jobs/{id}`.

use http::StatusCode;
use http::header::ETAG;
use tokio::join;
use topchef_runtime::transaction::EntityTag;
use topchef_runtime::{Reply, Report};

use super::super::body::{self, Changed};
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
    let (job, documents) = call.app.queue().job_with_documents(id).await?;
    let data = JobView::detail().object_with(&job, &documents);
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
    let queue = call.app.queue();
    // Parameters do not change: where they are not at hand, they are read while the change becomes durable.
    let parameters = queue.parameters_of(id);
    let (changed, parameters) = join!(body::change(&call, id, "results"), parameters);
    let Changed { job, results } = changed?;
    let parameters = match parameters {
        Ok(parameters) => parameters,
        // The change stands: an answer that says otherwise would have it made again.
        Err(_) => queue.parameters_of(id).await?,
    };
    let documents = parameters.with_results(id, results);
    let documents = documents.and_results_of(call.app.database(), &job).await?;
    let json = JobView::detail().object_with(&job, &documents);
    Ok(tagged(Reply::raw_json(StatusCode::OK, json), &job))
}

/// With the tag of the job as it is stored: who sends it back in `If-Match` changes the job only if nobody else did.
pub(super) fn tagged(reply: Reply, job: &Job) -> Reply {
    match EntityTag::of_version(job.version).to_string().parse() {
        Ok(tag) => reply.header(ETAG, tag),
        Err(_) => reply,
    }
}
