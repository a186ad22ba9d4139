//! `DELETE /jobs/{id}`, `POST /jobs/{id}/cancel` and `POST /jobs/{id}/retry`.

use topchef_runtime::{Reply, Report};

use super::removal::removal;
use crate::queue::JobView;
use crate::resources::Job;
use crate::wire::{Call, Envelope};

/// `DELETE /jobs/{id}`; with `?force=true` also one that is being worked on.
///
/// # Errors
/// 404; 409 when it is being worked on; 400 for an unknown query parameter.
pub async fn remove(mut call: Call) -> Result<Reply, Report> {
    let id = call.id().await?;
    let removal = removal(call.query(), &["force"])?;
    call.app.queue().remove_job(id, removal).await?;
    Ok(Reply::no_content())
}

/// `POST /jobs/{id}/cancel`: takes it out of the queue.
///
/// # Errors
/// 404; 409 when it is finished.
pub async fn cancel(mut call: Call) -> Result<Reply, Report> {
    let id = call.id().await?;
    let job = call.app.queue().cancel(id).await?;
    shown(&call, &job).await
}

/// `POST /jobs/{id}/retry`: puts one that failed or was cancelled back into the queue.
///
/// # Errors
/// 404; 409 when it is none of these.
pub async fn retry(mut call: Call) -> Result<Reply, Report> {
    let id = call.id().await?;
    let job = call.app.queue().retry(id).await?;
    shown(&call, &job).await
}

async fn shown(call: &Call, job: &Job) -> Result<Reply, Report> {
    let data = JobView::detail().object(call.app.database(), job).await?;
    Ok(Envelope::of(&data)
        .links(&[("self", call.link(&format!("/jobs/{}", job.id)))])
        .ok())
}
