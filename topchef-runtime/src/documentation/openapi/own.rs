//! The paths of the documentation itself.
//!
//! It does not know what they answer beyond its media type.

use http::StatusCode;
use utoipa::openapi::path::{HttpMethod, Operation, OperationBuilder, Parameter, PathItemBuilder};
use utoipa::openapi::{
    Content, PathItem, Response, ResponseBuilder, Responses, ResponsesBuilder, Tag,
};

use super::super::catalogue::{Access, Catalogue, Resource};
use super::super::meta::section_names;
use super::super::statuses::{ALWAYS, NOBODY, PRECONDITION, Status};
use super::components::security_of;
use super::parameters::{any, header as header_parameter, several, text};
use super::responses::{header, of_options, with_failures, without_bodies};
use crate::descriptor::Method;

/// What the documentation's own operations are tagged with.
const TAG: &str = "documentation";

/// The tag of the documentation's own operations.
pub(super) fn tag() -> Tag {
    let mut tag = Tag::new(TAG);
    tag.description = Some("What this API is.".to_owned());
    tag
}

/// The documentation's own paths, those that no resource has taken.
pub(super) fn paths(catalogue: &Catalogue) -> Vec<(String, PathItem)> {
    let access = catalogue.documentation;
    let mut paths = Vec::new();
    if catalogue.has_room_for("/openapi.json") {
        let responses = document(access, "This document.");
        let path = "/openapi.json";
        paths.push((
            path,
            "Openapi",
            "The OpenAPI document",
            responses,
            conditional(),
        ));
        if catalogue.has_room_for("/docs") {
            let summary = "The OpenAPI document for people";
            paths.push(("/docs", "Docs", summary, redirect(access), Vec::new()));
        }
    }
    let mut paths: Vec<_> = paths
        .into_iter()
        .map(|(path, name, summary, responses, parameters)| {
            (
                path.to_owned(),
                item(catalogue, name, summary, parameters, responses),
            )
        })
        .collect();
    if catalogue.has_room_for("/meta") {
        let responses = document(access, "What is served, with links.");
        let index = item(
            catalogue,
            "Meta",
            "What is served",
            conditional(),
            responses,
        );
        paths.push(("/meta".to_owned(), index));
        let pages = catalogue.resources.iter();
        paths.extend(pages.map(|resource| page(catalogue, resource)));
    }
    paths
}

fn page(catalogue: &Catalogue, resource: &Resource) -> (String, PathItem) {
    let methods = resource.descriptor().methods.iter();
    let methods = methods.map(|method| Method::name(*method));
    let mut parameters = vec![
        several(
            "method",
            "Tells of these methods alone.",
            text().enum_values(Some(methods)),
        ),
        several(
            "filter",
            "Tells these sections alone.",
            text().enum_values(Some(section_names())),
        ),
    ];
    parameters.extend(conditional());
    let name = format!("Meta.{}", resource.name);
    let summary = format!("What {} is", resource.name);
    let responses = document(catalogue.documentation, "What the resource is.");
    let path = format!("/meta{}", resource.descriptor().path);
    (
        path,
        item(catalogue, &name, &summary, parameters, responses),
    )
}

fn item(
    catalogue: &Catalogue,
    name: &str,
    summary: &str,
    parameters: Vec<Parameter>,
    responses: Responses,
) -> PathItem {
    let security = security_of(catalogue, catalogue.documentation);
    let read = operation(&format!("read{name}"), summary)
        .parameters((!parameters.is_empty()).then(|| parameters.clone()))
        .securities(security.clone())
        .responses(responses.clone());
    let head = operation(&format!("head{name}"), "As GET, without the body")
        .parameters((!parameters.is_empty()).then_some(parameters))
        .securities(security)
        .responses(without_bodies(responses));
    let options = operation(&format!("options{name}"), "The methods that there are")
        .securities(security_of(catalogue, Access::Public))
        .responses(of_options());
    PathItemBuilder::new()
        .operation(HttpMethod::Get, Operation::from(read))
        .operation(HttpMethod::Head, Operation::from(head))
        .operation(HttpMethod::Options, Operation::from(options))
        .build()
}

fn operation(id: &str, summary: &str) -> OperationBuilder {
    OperationBuilder::new()
        .tag(TAG)
        .operation_id(Some(id))
        .summary(Some(summary))
}

fn conditional() -> Vec<Parameter> {
    let description = "304 when the document has one of these entity tags.";
    vec![header_parameter("If-None-Match", description)]
}

fn document(access: Access, means: &str) -> Responses {
    let response = ResponseBuilder::new()
        .description(means)
        .header("ETag", header("The entity tag of the document."))
        .content("application/json", Content::new(Some(any())));
    let unchanged = (
        StatusCode::NOT_MODIFIED,
        "The document is still the one that the client has.",
    );
    answers(
        access,
        StatusCode::OK,
        response.build(),
        &[unchanged, PRECONDITION],
    )
}

fn redirect(access: Access) -> Responses {
    let response = ResponseBuilder::new()
        .description("Where the pages are.")
        .header("Location", header("Where the pages are."));
    answers(
        access,
        StatusCode::PERMANENT_REDIRECT,
        response.build(),
        &[],
    )
}

fn answers(access: Access, status: StatusCode, response: Response, others: &[Status]) -> Responses {
    let refusal = (access == Access::Authenticated).then_some(NOBODY);
    let failures = others.iter().copied();
    let failures = failures.chain(ALWAYS).chain(refusal);
    let responses = ResponsesBuilder::new().response(status.as_str(), response);
    with_failures(responses, failures).build()
}
