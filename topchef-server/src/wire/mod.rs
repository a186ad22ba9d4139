//! What every form of this server needs of HTTP: a request with the application that it is for, the envelope of an answer,
//! pages of jobs.
//!
//! It does not know which form.

mod call;
mod envelope;
mod listing;

use serde::Serialize;
use topchef_runtime::ApiError;

pub use call::Call;
pub(crate) use call::{both, object_at, or_missing, uuid};
pub(crate) use envelope::{Envelope, located};
pub(crate) use listing::{PAGE, jobs, page, truncate};

/// A value as JSON.
pub(crate) fn json(value: &impl Serialize) -> Result<Vec<u8>, ApiError> {
    serde_json::to_vec(value).map_err(ApiError::serialization)
}
