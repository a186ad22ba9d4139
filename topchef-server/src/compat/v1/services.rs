//! `/v1/services` and `/v1/services/{id}`.

use http::StatusCode;
use serde_json::json;
use topchef_runtime::query::Query;
use topchef_runtime::{ModelResource, Reply, Report};

use super::super::body;
use super::super::details::ServiceDetails;
use crate::resources::Service;
use crate::wire::{self, Call, Envelope, PAGE, json as written, located};

/// Where this form lives.
pub(super) const PREFIX: &str = "/v1";

/// `GET /v1/services`.
///
/// # Errors
/// 400 for an unknown query parameter.
pub async fn list(call: Call) -> Result<Reply, Report> {
    let query = Query::first_page(Service::descriptor()).paged(PAGE);
    let page = wire::page(&call, call.app.services(), query).await?;
    Ok(page.ok())
}

/// `POST /v1/services`; a result schema that is left out lets everything pass.
///
/// # Errors
/// 400 with everything that is wrong, a schema that is not one included.
pub async fn register(call: Call) -> Result<Reply, Report> {
    let service = body::register(&call, body::ResultSchema::Optional).await?;
    let details = ServiceDetails::of(&call, &service, PREFIX);
    let data = json!({"message": "Service successfully registered", "service_details": details});
    let location = call.link(&format!("{PREFIX}/services/{}", service.id));
    let reply = Envelope::of(&written(&data)?).reply(StatusCode::CREATED);
    Ok(located(reply, &location))
}

/// `GET /v1/services/{id}`.
///
/// # Errors
/// 404.
pub async fn show(mut call: Call) -> Result<Reply, Report> {
    let id = call.id().await?;
    let service = call.app.queue().service(id).await?;
    let details = ServiceDetails::of(&call, &service, PREFIX);
    Ok(Envelope::of(&written(&details)?)
        .links(&[("self", call.own_link())])
        .ok())
}
