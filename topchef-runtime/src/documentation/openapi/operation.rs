//! The operations of a resource: each method, `HEAD` beside `GET`, `OPTIONS`.
//!
//! It does not know the documents of other resources, only the names of their operations.

use utoipa::openapi::path::{Operation, OperationBuilder};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::schema::{ArrayBuilder, OneOfBuilder, Schema};
use utoipa::openapi::{Content, Ref, RefOr, Required};

use super::super::catalogue::{Access, Catalogue, Resource};
use super::super::statuses::takes_a_body;
use super::Scope;
use super::components::{input_name, security_of};
use super::parameters::{of_key, of_method as parameters_of};
use super::responses::{of_method as responses_of, of_options, without_bodies};
use crate::descriptor::Method;

/// The records of one `POST`, at most.
const BULK: usize = 1000;

/// The name of a method's operation: `getBook`.
pub(super) fn operation_id(resource: &Resource, method: Method) -> String {
    format!("{}{}", method.name(), resource.name)
}

/// A method of a resource.
pub(super) fn of_method(catalogue: &Catalogue, resource: &Resource, method: Method) -> Operation {
    let doc = resource.doc(method);
    OperationBuilder::new()
        .tag(&resource.name)
        .operation_id(Some(operation_id(resource, method)))
        .summary(Some(summary(&resource.name, method)))
        .description((!doc.is_empty()).then_some(doc))
        .parameters(Some(parameters_of(catalogue, resource, method)))
        .request_body(takes_a_body(method).then(|| body(resource, method)))
        .responses(responses_of(catalogue, resource, method))
        .build()
}

/// `HEAD` beside a `GET`.
pub(super) fn head(catalogue: &Catalogue, resource: &Resource, method: Method) -> Operation {
    let name = &resource.name;
    let capitalized = if method == Method::List {
        "List"
    } else {
        "Get"
    };
    OperationBuilder::new()
        .tag(name)
        .operation_id(Some(format!("head{capitalized}{name}")))
        .summary(Some("As GET, without the body"))
        .parameters(Some(parameters_of(catalogue, resource, method)))
        .responses(without_bodies(responses_of(catalogue, resource, method)))
        .build()
}

/// `OPTIONS` of one of a resource's paths.
pub(super) fn options(catalogue: &Catalogue, resource: &Resource, scope: Scope) -> Operation {
    let name = &resource.name;
    let parameters = match scope {
        Scope::Collection => Vec::new(),
        Scope::Record => of_key(resource),
    };
    OperationBuilder::new()
        .tag(name)
        .operation_id(Some(format!("options{}{name}", scope.name())))
        .summary(Some("The methods that there are"))
        .parameters((!parameters.is_empty()).then_some(parameters))
        .securities(security_of(catalogue, Access::Public))
        .responses(of_options())
        .build()
}

fn summary(name: &str, method: Method) -> String {
    match method {
        Method::Get => format!("Read one {name}"),
        Method::List => format!("List {name} records"),
        Method::Post => format!("Create {name} records"),
        Method::Put => format!("Replace or create one {name}"),
        Method::Patch => format!("Change one {name}"),
        Method::Delete => format!("Delete one {name}"),
    }
}

fn body(resource: &Resource, method: Method) -> RequestBody {
    let input = Ref::from_schema_name(input_name(resource, method));
    let body = RequestBodyBuilder::new().required(Some(Required::True));
    match method {
        Method::Post => {
            let several = ArrayBuilder::new()
                .items(input.clone())
                .min_items(Some(1))
                .max_items(Some(BULK));
            let either: RefOr<Schema> = OneOfBuilder::new().item(input).item(several).into();
            body.description(Some("One record, or an array of them, all stored or none."))
                .content("application/json", Content::new(Some(either)))
                .build()
        }
        Method::Patch => body
            .description(Some(
                "A merge patch (RFC 7396): what is left out stays as it is.",
            ))
            .content(
                "application/merge-patch+json",
                Content::new(Some(input.clone())),
            )
            .content("application/json", Content::new(Some(input)))
            .build(),
        Method::Put | Method::Get | Method::List | Method::Delete => body
            .description(Some(
                "The whole record: what is left out gets its default, or null.",
            ))
            .content("application/json", Content::new(Some(input)))
            .build(),
    }
}
