//! `/v1/echo`: whether what a client sends arrives.

use topchef_runtime::{ApiError, Reply, Report};

use crate::wire::{Call, Envelope};

/// `POST /v1/echo`: the JSON that was sent, unchanged.
///
/// # Errors
/// 400 when the body is no JSON, or is not said to be.
pub async fn repeat(call: Call) -> Result<Reply, Report> {
    let body = call.json()?;
    let json: &serde_json::value::RawValue =
        serde_json::from_slice(&body).map_err(ApiError::not_json)?;
    Ok(Envelope::of(json.get().as_bytes()).ok())
}
