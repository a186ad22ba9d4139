//! `/services` and `/services/{id}`.

use chrono::{SecondsFormat, Utc};
use http::StatusCode;
use serde_json::json;
use topchef_runtime::column::KeyType;
use topchef_runtime::descriptor::{Method, Selection};
use topchef_runtime::query::Query;
use topchef_runtime::transaction::{Draft, Object, Unknown};
use topchef_runtime::{ApiError, Input, ModelResource, Reply, Report};
use uuid::Uuid;

use super::super::body;
use super::super::details::ServiceDetails;
use super::schemas;
use crate::queue::JobView;
use crate::resources::{Job, Service};
use crate::wire::{self, Call, Envelope, PAGE, json as written, located, or_missing};

/// `GET /services`.
///
/// # Errors
/// 400 for an unknown query parameter.
pub async fn list(call: Call) -> Result<Reply, Report> {
    wire::page(
        &call,
        call.app.services(),
        Query::first_page(Service::descriptor()).paged(PAGE),
    )
    .await
    .map(|page| page.meta(&schemas::SERVICES).ok())
}

/// `POST /services`.
///
/// # Errors
/// 400 with everything that is wrong, a schema that is not one included.
pub async fn register(call: Call) -> Result<Reply, Report> {
    let service = body::register(&call, body::ResultSchema::Required).await?;
    let details = ServiceDetails::of(&call, &service, "");
    let data = json!({"message": "service successfully created", "service_details": details});
    let location = call.link(&format!("/services/{}", service.id));
    let reply = Envelope::of(&written(&data)?)
        .links(&[("self", call.own_link()), ("service", location.clone())])
        .reply(StatusCode::CREATED);
    Ok(located(reply, &location))
}

/// `GET /services/{id}`.
///
/// # Errors
/// 404.
pub async fn show(mut call: Call) -> Result<Reply, Report> {
    let id = call.id().await?;
    detail(&call, id).await
}

/// `PATCH /services/{id}`: a check-in, with or without changes.
///
/// # Errors
/// 400 with everything that is wrong; 404.
pub async fn change(mut call: Call) -> Result<Reply, Report> {
    let id = call.id().await?;
    let done = changed(&call, id).await;
    or_missing(done, call.app.queue().service(id)).await
}

async fn changed(call: &Call, id: Uuid) -> Result<Reply, Report> {
    let body = call.bytes()?;
    let now = Utc::now();
    let changes = if call.says_json() {
        changes(&body)?
    } else {
        None
    };
    let checked_in_only = changes.is_none();
    let mut input =
        changes.unwrap_or_else(|| Input::<Service>::new(Draft::empty(Service::descriptor())));
    input.set(Service::LAST_CHECKED_IN, now);
    let key = id.to_key();
    let cx = call.context().with_key(key.clone());
    let services = call.app.services();
    services
        .patch(
            &cx,
            key,
            input.into_draft(),
            &Selection::of(services.descriptor(), Method::Patch),
        )
        .await?;
    if checked_in_only {
        let at = now.to_rfc3339_opts(SecondsFormat::Micros, false);
        let meta = json!({"meta": format!("Service checked in at {at}")});
        return Reply::json(StatusCode::OK, &meta);
    }
    detail(call, id).await
}

async fn detail(call: &Call, id: Uuid) -> Result<Reply, Report> {
    let key = id.to_key();
    let cx = call.context().with_key(key.clone());
    let services = call.app.services();
    let mut data = services
        .get(&cx, key, &Selection::of(services.descriptor(), Method::Get))
        .await?;
    let database = call.app.database();
    let of_service = database.select::<Job>().filter(Job::SERVICE_ID.eq(id));
    let mut jobs = of_service.limit(PAGE.default + 1).all().await?;
    let more = jobs.len() as u64 > PAGE.default;
    jobs.truncate(usize::try_from(PAGE.default).unwrap_or(usize::MAX));
    // The record is an object; its jobs become one more key of it.
    data.pop();
    data.extend_from_slice(b",\"jobs\":");
    data.extend_from_slice(&JobView::summary().array(database, &jobs).await?);
    data.push(b'}');
    let mut links = vec![("self", call.link(&format!("/services/{id}")))];
    if more {
        links.push(("jobs", call.link(&format!("/services/{id}/jobs"))));
    }
    Ok(Envelope::of(&data)
        .links(&links)
        .meta(&schemas::SERVICE)
        .ok())
}

/// What a body changes; none when it is no JSON, or null: then it is a check-in alone.
fn changes(body: &[u8]) -> Result<Option<Input<Service>>, Report> {
    if body.trim_ascii() == b"null" {
        return Ok(None);
    }
    let object = match Object::read(body) {
        Ok(object) => object,
        Err(report)
            if report
                .errors()
                .iter()
                .any(|error| error.code() == "not_an_object") =>
        {
            return Err(report);
        }
        Err(_) => return Ok(None),
    };
    let given = object
        .clone()
        .retain(|key, _| ["name", "description"].contains(&key));
    let draft = Draft::read(Service::descriptor(), &given, Unknown::Ignore);
    let mut input = Input::<Service>::new(draft);
    if let Some(value) = object.get("is_available") {
        match truth(value.get()) {
            Some(available) => input.set(Service::IS_SERVICE_AVAILABLE, available),
            None => input.reject(wrong("is_available", value.get(), "must be a boolean")),
        }
    }
    if let Some(value) = object.get("timeout") {
        match seconds(value.get()) {
            Some(timeout) if timeout >= 0 => input.set(Service::TIMEOUT, timeout),
            Some(_) => input.reject(wrong("timeout", value.get(), "must not be negative")),
            None => input.reject(wrong("timeout", value.get(), "must be a number of seconds")),
        }
    }
    Ok(Some(input))
}

fn wrong(key: &str, value: &str, detail: &str) -> ApiError {
    if value == "null" {
        ApiError::deserialization(key, "null", "must not be null")
    } else {
        ApiError::deserialization(key, "type", detail)
    }
}

/// The spellings of true and false that the original takes.
fn truth(json: &str) -> Option<bool> {
    let text = serde_json::from_str::<String>(json).unwrap_or_else(|_| json.to_owned());
    match text.as_str() {
        "1" | "t" | "T" | "true" | "True" | "TRUE" => Some(true),
        "0" | "f" | "F" | "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}

/// Whole seconds from a number, which is truncated, or from a string with a whole number.
fn seconds(json: &str) -> Option<i64> {
    if let Ok(text) = serde_json::from_str::<String>(json) {
        return text.trim().parse().ok();
    }
    if let Ok(whole) = serde_json::from_str::<i64>(json) {
        return Some(whole);
    }
    let float: f64 = serde_json::from_str(json).ok()?;
    // Every whole number below 2^53 is exact; a timeout above is a mistake.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the bound is checked, and truncating is the rule"
    )]
    (float.abs() < 9.0e15).then(|| float.trunc() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn truth_comes_in_the_spellings_of_the_original() {
        for json in ["1", "true", "\"1\"", "\"t\"", "\"True\"", "\"TRUE\""] {
            assert_eq!(truth(json), Some(true), "{json}");
        }
        for json in ["0", "false", "\"False\"", "\"f\""] {
            assert_eq!(truth(json), Some(false), "{json}");
        }
        for json in ["2", "\"maybe\"", "null", "[]", "1.0"] {
            assert_eq!(truth(json), None, "{json}");
        }
    }

    #[test]
    fn seconds_are_truncated_and_bounded() {
        for (json, expected) in [
            ("20", Some(20)),
            ("\"21\"", Some(21)),
            ("22.9", Some(22)),
            ("-1", Some(-1)),
            ("0", Some(0)),
            ("\"abc\"", None),
            ("true", None),
            ("1e300", None),
            ("123456789012345678901234567890", None),
        ] {
            assert_eq!(seconds(json), expected, "{json}");
        }
    }
}
