//! What this server offers beyond the original: sets of jobs, and ways to cancel, to try again and to remove.
//!
//! It holds no rule of its own: what is allowed is the queue's.

pub mod job_sets;
pub mod jobs;
mod removal;
pub mod services;
