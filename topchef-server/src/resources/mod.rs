//! The resources of the queue, written as any application would write its own.
//!
//! They know the runtime and their contracts, neither routes nor SQL.

mod contracts;
mod job;
mod json_object;
mod service;
mod turns;

pub use contracts::{Contract, Contracts};
pub use job::{Job, JobStatus};
pub use json_object::JsonObject;
pub use service::Service;
