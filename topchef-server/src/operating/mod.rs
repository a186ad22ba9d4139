//! What is for who runs the server, beside its API: whether it is alive and ready, and what it counts.

pub mod health;
pub mod metrics;
