//! The wire forms of the original server: thin views of the resources, all in this one place.
//!
//! They hold no rule of their own: what is allowed is the queue's.

mod body;
mod call;
mod envelope;
mod listing;
pub mod v1;
pub mod v2;

use serde::Serialize;
use topchef_runtime::ApiError;

/// A value as JSON.
fn json(value: &impl Serialize) -> Result<Vec<u8>, ApiError> {
    serde_json::to_vec(value).map_err(ApiError::serialization)
}
