//! The original's second form, at `/`: what its Java and MATLAB clients speak.
//!
//! The keys of its answers are exact: a real client fails on one more.
//! What is new goes into `meta`, into `links`, onto new paths, or comes only when it is asked for.

pub mod jobs;
pub mod root;
mod schemas;
pub mod service_jobs;
pub mod services;
pub mod validator;
