//! `/`: what the server says about itself.

use serde_json::json;
use topchef_runtime::Reply;

use super::schemas;
use crate::wire::{Call, Envelope};

/// `GET /`.
pub async fn show(call: Call) -> Reply {
    let metadata = call.app.metadata();
    let data = json!({
        "documentation_url": metadata.documentation_url,
        "maintainer_email": metadata.maintainer_email,
        "maintainer_name": metadata.maintainer_name,
        "source_code_repository_url": metadata.source_code_repository_url,
        "version": metadata.version,
    });
    Envelope::of(data.to_string().as_bytes())
        .links(&[("self", call.own_link())])
        .meta(&schemas::ROOT)
        .ok()
}
