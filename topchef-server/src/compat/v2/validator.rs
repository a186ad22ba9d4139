//! `/validator`: JSON Schema for anybody, with the server's bounds.

use serde_json::json;
use topchef_runtime::{Reply, Report};

use super::super::body;
use super::schemas;
use crate::wire::{Call, Envelope};

/// `GET /validator`.
pub async fn show(call: Call) -> Reply {
    Envelope::of(b"{}")
        .links(&[("self", call.own_link())])
        .meta(&schemas::VALIDATOR)
        .ok()
}

/// `POST /validator` with an object and a schema.
///
/// # Errors
/// 400 with every violation, or when the schema is not one.
pub async fn validate(call: Call) -> Result<Reply, Report> {
    body::validate(&call).await?;
    let data = json!({"status": "Validation was successful"});
    Ok(Envelope::of(data.to_string().as_bytes())
        .links(&[("self", call.own_link())])
        .ok())
}
