//! What the documentation says of an API, made from its descriptors: the pages of `/meta`, the `OpenAPI` document.
//!
//! Pure: it knows what is served and answers no request. Of tables, columns and SQL it says nothing.

mod catalogue;
mod meta;
mod openapi;
mod statuses;

pub(crate) use catalogue::{Access, Catalogue};
pub(crate) use meta::{index, page};
pub(crate) use openapi::document;
