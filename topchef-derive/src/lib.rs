//! The macros of TopChef: `#[derive(ModelResource)]` and `#[derive(ResourceEnum)]`.
//!
//! This file is the only one that names `proc_macro`; it knows nothing of resources.
//! What each attribute means, with examples that compile, is documented where users read it: in `topchef_runtime`.
//!
//! An item goes through four stages, and the modules below stand leaf first:
//! `read` takes what the user wrote, `settle` makes a `model` of it in which nothing is left open,
//! `check` says all that is wrong with it, and `expand` writes it out for its reader, a compiler or an editor.

mod diag;

mod reader;

mod model;

mod read;

mod settle;

mod check;

mod expand;

mod pipeline;

#[cfg(test)]
mod half_written;

#[cfg(test)]
mod testing;

#[cfg(test)]
mod expansions;

use proc_macro::TokenStream;

use self::reader::Reader;

/// Makes a struct with named fields a REST resource; documented in `topchef_runtime::ModelResource`.
#[proc_macro_derive(ModelResource, attributes(resource))]
pub fn derive_model_resource(item: TokenStream) -> TokenStream {
    pipeline::resource(item.into(), Reader::of_this_process()).into()
}

/// Makes an enum without fields the type of a column; documented in `topchef_runtime::ResourceEnum`.
#[proc_macro_derive(ResourceEnum, attributes(resource))]
pub fn derive_resource_enum(item: TokenStream) -> TokenStream {
    pipeline::enumeration(item.into(), Reader::of_this_process()).into()
}
