//! The wire forms of the original server: thin views of the resources, all in this one place.
//!
//! They hold no rule of their own: what is allowed is the resources'.

pub mod v2;
