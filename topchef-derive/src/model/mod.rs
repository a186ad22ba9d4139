//! What a resource is: plain data in which nothing is left open, and which may still be wrong.
//!
//! It does not know how it was written, and not what is generated; words are kept so that errors can point at them.

mod case;
mod column;
mod enumeration;
mod hook;
mod method;
mod representation;
mod resource;

pub(crate) use self::case::Case;
pub(crate) use self::column::{Column, DefaultValue, Length};
pub(crate) use self::enumeration::{Enumeration, Variant};
pub(crate) use self::hook::{Hook, Phase};
pub(crate) use self::method::{ListedMethod, Method, Methods};
pub(crate) use self::representation::{Computed, Origin, Representation, SerialField, Source};
pub(crate) use self::resource::{KeyColumn, Resource};
