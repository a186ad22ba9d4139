//! What the original's clients say of jobs in a body, read into what the queue takes.
//!
//! It does not know the paths.

use serde_json::value::RawValue;
use topchef_runtime::descriptor::{Method, Selection};
use topchef_runtime::transaction::{Draft, Object, Preconditions, Unknown};
use topchef_runtime::{ApiError, Input, ModelResource, Report};
use uuid::Uuid;

use crate::queue::{JobChange, Queue, Submission, Submitted};
use crate::resources::{Job, JobStatus, JsonObject, JsonText, Service};
use crate::wire::{Call, both, object_at, or_missing};

/// Holds the object of a body against the schema beside it.
///
/// # Errors
/// 400 with every violation, or when the schema is not one.
pub(super) async fn validate(call: &Call) -> Result<(), Report> {
    let body = call.json()?;
    let given = Object::read(&body)?;
    let (object, schema) = both(required(&given, "object"), object_at(&given, "schema"))?;
    let contracts = call.app.queue().contracts();
    let compiled = contracts
        .check_schema("schema", schema.get().to_owned())
        .await;
    let schema = match compiled {
        Ok(schema) => schema,
        Err(mut report) => {
            // Without a schema nothing but an object is taken.
            if !object.is_object() {
                report.append(objects_only("object", &object, Report::new()));
            }
            return Err(report);
        }
    };
    let checked = contracts.check(&schema, object.as_str(), "object").await;
    checked.map_err(|report| objects_only("object", &object, report))
}

/// Whether a service must say what its jobs give back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ResultSchema {
    /// It must.
    Required,
    /// Where it does not, everything passes.
    Optional,
}

/// Registers a service.
///
/// # Errors
/// 400 with everything that is wrong, a schema that is not one included.
pub(super) async fn register(call: &Call, schema: ResultSchema) -> Result<Service, Report> {
    let body = call.json()?;
    let object = Object::read(&body)?.retain(|key, _| {
        [
            "name",
            "description",
            "job_registration_schema",
            "job_result_schema",
        ]
        .contains(&key)
    });
    let draft = Draft::read(Service::descriptor(), &object, Unknown::Ignore);
    let mut input = Input::<Service>::new(draft);
    if schema == ResultSchema::Optional && object.get("job_result_schema").is_none() {
        input.set(Service::JOB_RESULT_SCHEMA, JsonObject::empty());
    }
    let id = Uuid::now_v7();
    input.set(Service::ID, id);
    let services = call.app.services();
    let shown = Selection::of(services.descriptor(), Method::Post);
    services
        .post(&call.context(), input.into_draft(), &shown)
        .await?;
    call.app.queue().service(id).await
}

/// Submits a job with the parameters of a body.
///
/// # Errors
/// 400 with everything that is wrong; 404.
pub(super) async fn submit(call: &Call, service: Uuid) -> Result<Submitted, Report> {
    let done = submit_for(call, service).await;
    or_missing(done, call.app.queue().service(service)).await
}

async fn submit_for(call: &Call, service: Uuid) -> Result<Submitted, Report> {
    let queue = call.app.queue();
    let body = call.json()?;
    let object = Object::read(&body)?;
    let (parameters, job_set) = both(required(&object, "parameters"), job_set(&object))?;
    let submission = Submission::new(service, parameters.clone()).in_set(job_set);
    let submitted = queue.submit(submission).await;
    submitted.map_err(|report| objects_only("parameters", &parameters, report))
}

/// A job that was changed, and the results that it was given; none where it keeps what it has.
pub(super) struct Changed {
    pub(super) job: Job,
    pub(super) results: Option<JsonText>,
}

/// Changes a job as a body says; what is absent or null stays. `results` is the key of its results.
///
/// # Errors
/// 400 with everything that is wrong; 404; 409 when the job is completed; 412.
pub(super) async fn change(call: &Call, id: Uuid, results: &str) -> Result<Changed, Report> {
    let change = async {
        let body = call.json()?;
        change_as(call, id, Object::read(&body)?, results).await
    };
    or_missing(change.await, call.app.queue().job(id)).await
}

async fn change_as(
    call: &Call,
    id: Uuid,
    object: Object<'_>,
    results: &str,
) -> Result<Changed, Report> {
    let object = object.retain(|_, value| value.get() != "null");
    let queue = call.app.queue();
    let given = object.get(results).map(JsonText::from);
    let mut report = Report::new();
    let status = object.get("status").map(status).transpose();
    let status = status.unwrap_or_else(|error| {
        report.push(error);
        None
    });
    if !report.is_empty() {
        report.append(refused_results(queue, id, results, given.as_ref()).await?);
        return Err(report);
    }
    let change = JobChange {
        status,
        results: given.clone(),
        preconditions: preconditions(call)?,
    };
    let changed = queue.change(id, &change).await;
    match (changed, given) {
        (Ok(job), results) => Ok(Changed { job, results }),
        (Err(report), Some(given)) => Err(objects_only(results, &given, report)),
        (Err(report), None) => Err(report),
    }
}

/// Changes a job as one that is sent whole says: its status and its results, under either name, count; results that are an
/// empty object are none, as this form shows them.
///
/// # Errors
/// As [`change`].
pub(super) async fn replace(call: &Call, id: Uuid) -> Result<Job, Report> {
    let done = replace_all(call, id).await;
    let changed = or_missing(done, call.app.queue().job(id)).await?;
    Ok(changed.job)
}

async fn replace_all(call: &Call, id: Uuid) -> Result<Changed, Report> {
    let body = call.json()?;
    let object = Object::read(&body)?;
    let is_given = |key: &str| {
        let value = object.get(key).map(RawValue::get);
        value.is_some_and(|value| value != "null" && !is_empty_object(value))
    };
    let key = if is_given("result") {
        "result"
    } else {
        "results"
    };
    let ignored = |name: &str| ["result", "results"].contains(&name) && !is_given(name);
    change_as(
        call,
        id,
        object.clone().retain(|name, _| !ignored(name)),
        key,
    )
    .await
}

fn is_empty_object(json: &str) -> bool {
    let inside = json
        .strip_prefix('{')
        .and_then(|json| json.strip_suffix('}'));
    inside.is_some_and(|inside| inside.trim_ascii().is_empty())
}

/// What is wrong with results, where something else is wrong too: only what they are is told then, as by the original.
async fn refused_results(
    queue: &Queue,
    job: Uuid,
    key: &str,
    results: Option<&JsonText>,
) -> Result<Report, Report> {
    let Some(results) = results.filter(|results| !results.is_object()) else {
        return Ok(Report::new());
    };
    let job = queue.job(job).await?;
    let checked = queue.check_results(job.service_id, results).await;
    Ok(match checked {
        Ok(()) => Report::new(),
        Err(report) => objects_only(key, results, report),
    })
}

/// The original takes nothing but objects; here a schema may say otherwise, and what it refuses is told in its words.
fn objects_only(key: &str, given: &JsonText, report: Report) -> Report {
    let is_violation = |error: &ApiError| error.title() == "JSONSchema Validation Error";
    if !given.is_object() && report.errors().iter().all(is_violation) {
        let detail = "must be a JSON object, or something else that the schema takes";
        return ApiError::deserialization(key, "type", detail).into();
    }
    report
}

/// The set that a job is to belong to, where one is named; the original passed over such a key.
fn job_set(object: &Object<'_>) -> Result<Option<Uuid>, ApiError> {
    match object.get("job_set").map(RawValue::get) {
        None | Some("null") => Ok(None),
        Some(json) => serde_json::from_str(json).map(Some).map_err(|_| {
            ApiError::deserialization("job_set", "type", "must be the UUID of a job set")
        }),
    }
}

fn required(object: &Object<'_>, key: &str) -> Result<JsonText, ApiError> {
    match object.get(key) {
        None => Err(ApiError::deserialization(key, "required", "is required")),
        Some(value) if value.get() == "null" => {
            Err(ApiError::deserialization(key, "null", "must not be null"))
        }
        Some(value) => Ok(value.into()),
    }
}

/// What the request asks of the job as it is stored.
fn preconditions(call: &Call) -> Result<Preconditions, ApiError> {
    topchef_runtime::http::preconditions(&call.parts)
}

/// A status in any case.
fn status(json: &RawValue) -> Result<JobStatus, ApiError> {
    let text = serde_json::from_str::<String>(json.get()).unwrap_or_default();
    JobStatus::named(&text).ok_or_else(|| {
        let names = JobStatus::ALL.map(JobStatus::as_str).join(", ");
        ApiError::deserialization("status", "enum", format!("must be one of {names}"))
    })
}
