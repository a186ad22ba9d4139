//! The answers of operations: bodies, headers, links, a problem document for whatever is no success.
//!
//! It does not know when they are given.

use http::StatusCode;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{
    Content, Header, Ref, RefOr, Response, ResponseBuilder, Responses, ResponsesBuilder,
};

use super::super::catalogue::{Catalogue, Resource};
use super::super::statuses::{ALWAYS, Status, statuses, takes_a_key};
use super::bodies::{one, page, posted};
use super::components::{PROBLEM, answer_name, record_name};
use super::links::{to_record, to_relations};
use super::parameters::{any, text};
use crate::descriptor::{Envelope, Method};
use crate::error::PROBLEM_JSON;

/// The answers of a method.
pub(super) fn of_method(catalogue: &Catalogue, resource: &Resource, method: Method) -> Responses {
    let mut responses = ResponsesBuilder::new();
    for status in statuses(resource, method, catalogue.access) {
        let response = if status.0.is_success() {
            success(catalogue, resource, method, status)
        } else if status.0 == StatusCode::CONFLICT && takes_a_key(method) {
            while_running(status)
        } else {
            failure(status)
        };
        responses = responses.response(status.0.as_str(), response);
    }
    if let Some(record) = instead(resource, method) {
        let response = ResponseBuilder::new()
            .description("What a hook answers in place of the record.")
            .content("application/json", Content::new(Some(record)));
        responses = responses.response("2XX", response);
    }
    let has_hooks = !resource.endpoint.phases(method).is_empty();
    if has_hooks || resource.is_guarded(method) {
        let mut response = ResponseBuilder::new()
            .description("What a hook or a policy answers.")
            .content(PROBLEM_JSON, problem());
        if resource.endpoint.may_reply(method) {
            response = response.content("application/json", Content::new(Some(any())));
        }
        responses = responses.response("default", response);
    }
    responses.build()
}

/// The same answers as `HEAD` gives them.
pub(super) fn without_bodies(mut responses: Responses) -> Responses {
    for response in responses.responses.values_mut() {
        if let RefOr::T(response) = response {
            response.content.clear();
            response.links.clear();
        }
    }
    responses
}

/// The answers of `OPTIONS`.
pub(super) fn of_options() -> Responses {
    let response = ResponseBuilder::new()
        .description("The methods that there are.")
        .header("Allow", header("The methods, separated by commas."));
    let server_error = ALWAYS
        .into_iter()
        .filter(|(status, _)| *status == StatusCode::INTERNAL_SERVER_ERROR);
    with_failures(
        ResponsesBuilder::new().response("200", response),
        server_error,
    )
    .build()
}

/// With the problem documents of these statuses.
pub(super) fn with_failures(
    responses: ResponsesBuilder,
    statuses: impl IntoIterator<Item = Status>,
) -> ResponsesBuilder {
    statuses.into_iter().fold(responses, |responses, status| {
        responses.response(status.0.as_str(), failure(status))
    })
}

/// A header with a text.
pub(super) fn header(description: &str) -> Header {
    HeaderBuilder::new()
        .schema(Some(text()))
        .description(Some(description))
        .build()
}

fn success(
    catalogue: &Catalogue,
    resource: &Resource,
    method: Method,
    (status, means): Status,
) -> Response {
    let mut response = ResponseBuilder::new().description(means);
    if status == StatusCode::NO_CONTENT {
        return response.build();
    }
    let envelope = resource.descriptor().envelope;
    let record: RefOr<Schema> = Ref::from_schema_name(record_name(resource, method)).into();
    let body = match method {
        Method::List => page(envelope, record),
        // What a hook answers stands in the place of its record.
        Method::Post if resource.endpoint.may_reply(method) => posted(envelope, record, any()),
        Method::Post => posted(envelope, record.clone(), record),
        _ => one(envelope, record),
    };
    response = response.content("application/json", Content::new(Some(body)));
    if envelope == Envelope::None {
        response = response.header("Link", header("The links of the answer (RFC 8288)."));
    }
    if method != Method::List {
        response = response.header(
            "ETag",
            header("The entity tag of the record as it is stored."),
        );
    }
    if status == StatusCode::CREATED {
        response = response.header("Location", header("Where the new record is."));
    }
    if takes_a_key(method) {
        response = response.header(
            "Idempotency-Replayed",
            header("`true` when the answer was given before."),
        );
    }
    if let Some((name, link)) = to_record(resource, method) {
        response = response.link(name, link);
    }
    if method == Method::Get {
        for (name, link) in to_relations(catalogue, resource) {
            response = response.link(name, link);
        }
    }
    response.build()
}

/// The record of another resource that a hook answers with.
fn instead(resource: &Resource, method: Method) -> Option<RefOr<Schema>> {
    let descriptor = resource.descriptor();
    let mut answers = descriptor.answers.iter();
    let answer = answers.find(|answer| answer.method == method)?;
    let record = Ref::from_schema_name(answer_name(resource, answer));
    Some(one(descriptor.envelope, record.into()))
}

fn failure((status, means): Status) -> Response {
    let response = ResponseBuilder::new().description(means);
    let response = match status {
        // It has no body, only what says which record it is.
        StatusCode::NOT_MODIFIED => {
            return response
                .header("ETag", header("The entity tag of the record."))
                .build();
        }
        StatusCode::SERVICE_UNAVAILABLE => response.header(
            "Retry-After",
            header("The seconds to wait before another try."),
        ),
        StatusCode::UNAUTHORIZED => response.header(
            "WWW-Authenticate",
            header("How a request says who makes it."),
        ),
        _ => response,
    };
    response.content(PROBLEM_JSON, problem()).build()
}

/// A conflict that may be with a request that still runs.
fn while_running((_, means): Status) -> Response {
    let seconds = "The seconds to wait before another try, when the first request still runs.";
    ResponseBuilder::new()
        .description(means)
        .header("Retry-After", header(seconds))
        .content(PROBLEM_JSON, problem())
        .build()
}

fn problem() -> Content {
    Content::new(Some(Ref::from_schema_name(PROBLEM)))
}
