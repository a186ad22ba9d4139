//! `DELETE /services/{id}?jobs=delete`: removing a service, with its jobs.

use http::Method;
use topchef_runtime::{ApiError, Reply, Report};

use super::removal::{removal, says};
use crate::wire::Call;

/// What a service's path allows to those who do not say that its jobs are to go along.
const ALLOW: &str = "OPTIONS, PATCH, HEAD, GET";

/// `DELETE /services/{id}?jobs=delete`; with `&force=true` also when jobs are being worked on.
///
/// The original has no `DELETE` here, and its clients are told so: who wants it says in words that the jobs go along.
///
/// # Errors
/// 405 without `jobs=delete`; 404; 409 when jobs are being worked on; 400 for an unknown query parameter.
pub async fn remove(mut call: Call) -> Result<Reply, Report> {
    if !says(call.query(), "jobs", "delete") {
        return Err(ApiError::method_not_implemented(&Method::DELETE, ALLOW).into());
    }
    let id = call.id().await?;
    let removal = removal(call.query(), &["jobs", "force"])?;
    call.app.queue().remove_service(id, removal).await?;
    Ok(Reply::no_content())
}
