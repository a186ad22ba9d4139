//! The schemas that operations refer to by name, and those names.
//!
//! A resource's own name is its record's; what else there is of it has a dot behind that, which no struct's name can have.
//! It does not know who refers to them.

use utoipa::openapi::schema::{
    Array, Components, ComponentsBuilder, ObjectBuilder, SchemaType, Type,
};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
use utoipa::openapi::{Schema, SecurityRequirement};

use super::super::catalogue::{Access, Catalogue, Resource};
use super::parameters::text;
use crate::descriptor::{Answer, Method, Selection};
use crate::schema::json::{answer_schema, input_schema, record_schema};

/// The name of the problem document's schema.
pub(super) const PROBLEM: &str = "Problem";

/// The name of the security scheme.
const PRINCIPAL: &str = "principal";

/// The name of a record as a method shows it; one name for all methods that show it alike.
pub(super) fn record_name(resource: &Resource, method: Method) -> String {
    let descriptor = resource.descriptor();
    let of_get = Selection::of(descriptor, Method::Get);
    if Selection::of(descriptor, method) == of_get {
        resource.name.clone()
    } else {
        format!("{}.{}", resource.name, method.name())
    }
}

/// The name of what a method takes.
pub(super) fn input_name(resource: &Resource, method: Method) -> String {
    format!("{}.{}.input", resource.name, method.name())
}

/// The name of the record that a hook answers with.
pub(super) fn answer_name(resource: &Resource, answer: &Answer) -> String {
    let target = (answer.target)().name;
    format!("{}.{}.{target}", resource.name, answer.method.name())
}

/// All schemas, and how principals show who they are.
pub(super) fn components(catalogue: &Catalogue) -> Components {
    let mut components = ComponentsBuilder::new().schema(PROBLEM, problem());
    for resource in &catalogue.resources {
        let descriptor = resource.descriptor();
        for &method in descriptor.methods {
            if method != Method::Delete {
                let name = record_name(resource, method);
                components = components.schema(name, of(record_schema(descriptor, method)));
            }
            if let Some(input) = input_schema(descriptor, method) {
                components = components.schema(input_name(resource, method), of(input));
            }
        }
        for answer in descriptor.answers {
            let name = answer_name(resource, answer);
            components = components.schema(name, of(answer_schema(answer)));
        }
    }
    if catalogue.access == Access::Authenticated {
        components = components.security_scheme(PRINCIPAL, scheme());
    }
    components.build()
}

/// That requests are made by principals.
pub(super) fn security() -> SecurityRequirement {
    SecurityRequirement::new(PRINCIPAL, [""; 0])
}

/// What an operation says of security: nothing where it is as the document says of all, that it asks for none otherwise.
pub(super) fn security_of(
    catalogue: &Catalogue,
    access: Access,
) -> Option<[SecurityRequirement; 0]> {
    (catalogue.access == Access::Authenticated && access == Access::Public).then_some([])
}

/// What the authenticator looks at is its own affair; nearly always it is this header.
fn scheme() -> SecurityScheme {
    SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(
        "Authorization",
        "Says who makes the request.",
    )))
}

fn of(schema: ObjectBuilder) -> Schema {
    schema.into()
}

/// A problem document (RFC 9457).
fn problem() -> Schema {
    let status = || ObjectBuilder::new().schema_type(SchemaType::new(Type::Integer));
    let entry = ObjectBuilder::new()
        .property("status_code", status())
        .property("title", text())
        .property("detail", text())
        .property(
            "pointer",
            text().description(Some("Where in the body it is wrong (RFC 6901).")),
        )
        .property(
            "code",
            text().description(Some("What a program can match on.")),
        )
        .required("status_code")
        .required("title")
        .required("detail")
        .required("code");
    ObjectBuilder::new()
        .title(Some(PROBLEM))
        .description(Some("Everything that is wrong with a request (RFC 9457)."))
        .property("type", text())
        .property("title", text())
        .property("status", status())
        .property("detail", text())
        .property("errors", Array::new(entry))
        .required("type")
        .required("title")
        .required("status")
        .required("detail")
        .required("errors")
        .into()
}
