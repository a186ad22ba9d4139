//! The original's second form, at `/`: what its Java and MATLAB clients speak.
//!
//! The keys of its answers are exact: a real client fails on one more.
//! What is new goes into `meta`, into `links`, onto new paths, or comes only when it is asked for.

mod envelope;
pub mod jobs;
mod request;
pub mod root;
mod schemas;
pub mod service_jobs;
pub mod services;
pub mod validator;

use topchef_runtime::query::PageSize;

/// The lists of the original were whole; here they are bounded, and whole for what its users have.
const PAGE: PageSize = PageSize {
    default: 1000,
    max: 1000,
};
