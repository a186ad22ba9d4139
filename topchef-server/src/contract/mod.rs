//! Owns the contract between a service and its jobs: JSON from strangers against JSON Schemas from strangers.
//! Does not know services, jobs, HTTP nor databases.
//!
//! Both sides are taken to be hostile. A schema is compiled once, after everything that can be
//! known about its cost is known; a validation counts its own work and ends when that becomes too much.

mod cache;
mod cost;
mod excerpt;
mod graph;
mod keywords;
mod limits;
mod meta;
mod meter;
mod metered;
mod pattern;
mod problem;
mod references;
mod rewrite;
mod scan;
mod schema;
mod stack;
mod survey;
mod unique;
mod verdict;
mod violation;
mod weight;

#[cfg(test)]
mod tests;

pub use cache::{Schemas, weight};
pub use limits::Limits;
pub use problem::{Reason, SchemaProblem, ValidateError};
pub use schema::Schema;
pub use violation::Violation;
