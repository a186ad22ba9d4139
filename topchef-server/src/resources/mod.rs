//! The resources of the queue, written as any application would write its own.
//!
//! They know the runtime and their contracts, neither routes nor SQL.

mod contracts;
mod job;
mod job_set;
mod job_state;
mod json_object;
mod json_text;
mod service;
mod turns;

pub use contracts::{Contract, Contracts};
pub use job::{Job, JobParameters, JobResults, JobStatus, open, ready};
pub use job_set::JobSet;
pub use job_state::JobState;
pub use json_object::JsonObject;
pub use json_text::JsonText;
pub use service::Service;
