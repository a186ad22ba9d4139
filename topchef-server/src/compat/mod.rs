//! The wire forms of the original server: thin views of the resources, all in this one place.
//!
//! They hold no rule of their own: what is allowed is the queue's.

mod body;
mod details;
pub mod v1;
pub mod v2;
