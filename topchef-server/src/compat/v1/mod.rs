//! The original's first form, under `/v1`: what its Python client speaks.
//!
//! It differs from the second in a few keys; what is the same is answered by the second's handlers.

pub mod echo;
pub mod jobs;
pub mod root;
pub mod service_jobs;
pub mod services;
pub mod validator;
