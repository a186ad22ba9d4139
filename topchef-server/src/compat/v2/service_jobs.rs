//! `/services/{id}/jobs`, `/services/{id}/jobs/next` and `/services/{id}/queue`.

use http::StatusCode;
use serde_json::json;
use topchef_runtime::descriptor::{Method, Selection, Sort};
use topchef_runtime::query::Query;
use topchef_runtime::transaction::{Draft, Object, Page, Unknown};
use topchef_runtime::{ApiError, Input, ModelResource, Reply, Report};
use uuid::Uuid;

use super::envelope::{Envelope, located, written};
use super::request::{Call, or_missing};
use super::{PAGE, jobs, schemas};
use crate::resources::{Job, JobStatus, Service};

/// How many jobs of the queue are shown.
const SHOWN: u64 = 10;

/// `GET /services/{id}/jobs`.
///
/// # Errors
/// 404; 400 for an unknown query parameter.
pub async fn list(mut call: Call) -> Result<Reply, Report> {
    let id = call.id().await?;
    let service = existing(&call, id).await?;
    let shown = Selection::of(Job::descriptor(), Method::Get);
    let mut query = Query::first_page(Job::descriptor())
        .paged(PAGE)
        .showing(shown);
    query.conditions.push(jobs::of_service(id));
    let page = jobs::page(&call, call.app.jobs(), query).await?;
    let meta = schemas::service_jobs(service.job_registration_schema.as_str());
    Ok(page.raw_meta(&meta).ok())
}

/// `POST /services/{id}/jobs`; also when the service is not available.
///
/// # Errors
/// 400 with everything that is wrong; 404.
pub async fn submit(mut call: Call) -> Result<Reply, Report> {
    let id = call.id().await?;
    let done = submitted(&call, id).await;
    or_missing(done, existing(&call, id)).await
}

/// That there is such a service is told by the resource, which needs its contract.
async fn submitted(call: &Call, id: Uuid) -> Result<Reply, Report> {
    let body = call.json()?;
    let object = Object::read(&body)?.retain(|key, _| key == "parameters");
    let draft = Draft::read(Job::descriptor(), &object, Unknown::Ignore);
    let mut input = Input::<Job>::new(draft);
    input.set(Job::SERVICE_ID, id);
    let endpoint = call.app.jobs();
    let shown = Selection::of(endpoint.descriptor(), Method::Post);
    let outcome = endpoint
        .post(&call.context(), input.into_draft(), &shown)
        .await?;
    Ok(written(outcome, |json, key| {
        let reply = Envelope::of(&json)
            .meta(&json!(format!("new job ID is {key}")))
            .reply(StatusCode::CREATED);
        located(reply, &call.link(&format!("/jobs/{key}")))
    }))
}

/// `GET /services/{id}/jobs/next`: the oldest registered job, which is not claimed by this; 204 when there is none.
///
/// # Errors
/// 404.
pub async fn next(mut call: Call) -> Result<Reply, Report> {
    let id = call.id().await?;
    let page = waiting(&call, id, 1).await?;
    // An array of one: without its brackets it is the job.
    Ok(match page.data.get(1..page.data.len().saturating_sub(1)) {
        Some(job) if page.count > 0 => Envelope::of(job)
            .links(&[("self", call.own_link())])
            .meta(&schemas::NEXT)
            .ok(),
        _ => Reply::no_content(),
    })
}

/// `GET /services/{id}/queue`: the ten oldest registered jobs; 204 when there is none.
///
/// # Errors
/// 404.
pub async fn queue(mut call: Call) -> Result<Reply, Report> {
    let id = call.id().await?;
    let page = waiting(&call, id, SHOWN).await?;
    if page.count == 0 {
        return Ok(Reply::no_content());
    }
    Ok(Envelope::of(&page.data)
        .links(&[("self", call.own_link())])
        .meta(&schemas::QUEUE)
        .ok())
}

/// The registered jobs of a service, oldest first: ids are made in the order of time.
///
/// The status is a range, of one, and sorted by: then only the index of states has the rows in their order. For one that is
/// equal to something, PostgreSQL takes the jobs that wait to be spread evenly among all, and may look for the first of
/// them along the key, past every job that is done.
async fn waiting(call: &Call, service: Uuid, limit: u64) -> Result<Page, Report> {
    existing(call, service).await?;
    let shown = Selection::of(Job::descriptor(), Method::Get);
    let mut query = Query::first_page(Job::descriptor())
        .paged(PAGE)
        .showing(shown);
    query.conditions.push(jobs::of_service(service));
    query.conditions.extend([
        Job::STATUS.ge(JobStatus::Registered).into(),
        Job::STATUS.le(JobStatus::Registered).into(),
    ]);
    query.order.insert(
        0,
        Sort {
            column: Job::STATUS.index(),
            descending: false,
        },
    );
    query.limit = limit;
    call.app.jobs().list(&call.context(), query).await
}

/// The service with that id.
///
/// # Errors
/// 404 when there is none.
pub(super) async fn existing(call: &Call, id: Uuid) -> Result<Service, Report> {
    let found = call.app.database().find(Service::ID.eq(id)).await?;
    found.ok_or_else(|| ApiError::record_not_found("Service", id).into())
}
