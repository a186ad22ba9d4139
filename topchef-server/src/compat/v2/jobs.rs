//! `/jobs` and `/jobs/{id}`, and the page of a list as this form shows it.

use serde_json::value::RawValue;
use topchef_runtime::column::KeyType;
use topchef_runtime::descriptor::{Method, Selection};
use topchef_runtime::query::{self, Condition, Paging, Query};
use topchef_runtime::transaction::{Draft, Endpoint, Object, Unknown};
use topchef_runtime::{ApiError, Input, ModelResource, Reply, Report};
use uuid::Uuid;

use super::envelope::{Envelope, written};
use super::request::{Call, or_missing};
use super::{PAGE, schemas};
use crate::resources::{Job, JobStatus};

/// `GET /jobs`.
///
/// # Errors
/// 400 for an unknown query parameter.
pub async fn list(call: Call) -> Result<Reply, Report> {
    page(
        &call,
        call.app.jobs(),
        Query::first_page(Job::descriptor()).paged(PAGE),
    )
    .await
    .map(|page| page.meta(&schemas::JOBS).ok())
}

/// `GET /jobs/{id}`.
///
/// # Errors
/// 404.
pub async fn show(mut call: Call) -> Result<Reply, Report> {
    let id = call.id().await?;
    let jobs = call.app.jobs();
    let key = id.to_key();
    let cx = call.context().with_key(key.clone());
    let data = jobs
        .get(&cx, key, &Selection::of(jobs.descriptor(), Method::Get))
        .await?;
    Ok(Envelope::of(&data)
        .links(&[("self", call.link(&format!("/jobs/{id}")))])
        .meta(&schemas::JOB)
        .ok())
}

/// `PATCH /jobs/{id}`: status and results, each left as it is when absent or null; answers with the bare job.
///
/// # Errors
/// 400 with everything that is wrong; 404; 409 when the job is completed.
pub async fn change(mut call: Call) -> Result<Reply, Report> {
    let id = call.id().await?;
    let done = changed(&call, id).await;
    or_missing(done, existing(&call, id)).await
}

async fn existing(call: &Call, id: Uuid) -> Result<Job, Report> {
    let found = call.app.database().find(Job::ID.eq(id)).await?;
    found.ok_or_else(|| ApiError::record_not_found("Job", id).into())
}

async fn changed(call: &Call, id: Uuid) -> Result<Reply, Report> {
    let body = call.json()?;
    let object = Object::read(&body)?.retain(|_, value| value.get() != "null");
    let results = object.clone().retain(|key, _| key == "results");
    let draft = Draft::read(Job::descriptor(), &results, Unknown::Ignore);
    let mut input = Input::<Job>::new(draft);
    match object.get("status").map(status) {
        Some(Ok(status)) => input.set(Job::STATUS, status),
        Some(Err(error)) => input.reject(error),
        None => {}
    }
    let jobs = call.app.jobs();
    let key = id.to_key();
    let cx = call.context().with_key(key.clone());
    let input = input.into_draft();
    let outcome = jobs
        .patch(
            &cx,
            key,
            input,
            &Selection::of(jobs.descriptor(), Method::Patch),
        )
        .await?;
    Ok(written(outcome, |json, _| {
        Reply::raw_json(http::StatusCode::OK, json)
    }))
}

/// That a job is of this service.
pub(super) fn of_service(service: Uuid) -> Condition {
    Job::SERVICE_ID.eq(service).into()
}

/// A status in any case.
fn status(json: &RawValue) -> Result<JobStatus, ApiError> {
    let text = serde_json::from_str::<String>(json.get()).unwrap_or_default();
    let all = [
        JobStatus::Registered,
        JobStatus::Working,
        JobStatus::Completed,
        JobStatus::Error,
    ];
    all.into_iter()
        .find(|status| status.as_str().eq_ignore_ascii_case(&text))
        .ok_or_else(|| {
            let names = all.map(|status| status.as_str()).join(", ");
            ApiError::deserialization("status", "enum", format!("must be one of {names}"))
        })
}

/// A page of a list, in its envelope: `base` narrowed, sorted and paged as the URL says.
pub(super) async fn page(call: &Call, endpoint: Endpoint, base: Query) -> Result<Envelope, Report> {
    let query = query::narrow(endpoint.descriptor(), base, call.query())?;
    let paging = Paging::of(endpoint.descriptor(), &query);
    let page = endpoint.list(&call.context(), query).await?;
    let mut links = vec![("self", call.own_link())];
    // A page may end before its limit, when its records are large; after an empty one, the next would be the same.
    let (path, raw) = (call.parts.uri.path(), call.query());
    let beside = paging.links(path, raw, page.count, page.more, page.ends.as_ref());
    links.extend(beside.next.map(|next| ("next", call.link(&next))));
    Ok(Envelope::of(&page.data).links(&links))
}
