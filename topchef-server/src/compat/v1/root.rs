//! `/v1`: that this form is spoken here.

use http::StatusCode;
use serde_json::json;
use topchef_runtime::{Reply, Report};

use crate::wire::Call;

/// `GET /v1`.
///
/// # Errors
/// None.
pub async fn show(call: Call) -> Result<Reply, Report> {
    let metadata = call.app.metadata();
    let body = json!({
        "data": {
            "version": "v1",
            "server_version": metadata.version,
            "documentation_url": metadata.documentation_url,
            "maintainer_name": metadata.maintainer_name,
            "maintainer_email": metadata.maintainer_email,
        },
        "links": {
            "self": call.own_link(),
            "services": call.link("/v1/services"),
            "jobs": call.link("/v1/jobs"),
        },
    });
    Reply::json(StatusCode::OK, &body)
}
