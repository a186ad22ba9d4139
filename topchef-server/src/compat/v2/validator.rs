//! `/validator`: JSON Schema for anybody, with the server's bounds.

use serde_json::json;
use topchef_runtime::transaction::Object;
use topchef_runtime::{Reply, Report};

use super::schemas;
use crate::wire::Envelope;
use crate::wire::{Call, both, object_at};

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
    let body = call.json()?;
    let given = Object::read(&body)?;
    let (object, schema) = both(object_at(&given, "object"), object_at(&given, "schema"))?;
    let contracts = call.app.queue().contracts();
    let schema = contracts
        .check_schema("schema", schema.get().to_owned())
        .await?;
    contracts
        .check(schema, object.get().to_owned(), "object")
        .await?;
    let data = json!({"status": "Validation was successful"});
    Ok(Envelope::of(data.to_string().as_bytes())
        .links(&[("self", call.own_link())])
        .ok())
}
