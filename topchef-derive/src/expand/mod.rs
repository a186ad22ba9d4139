//! The model as code: one file for each impl that is emitted.
//!
//! It knows no attributes, and cannot fail: by now nothing is wrong.

mod collection;
mod column_checks;
mod column_descriptor;
mod column_type;
mod columns;
mod descriptor;
mod editor;
mod fallback;
mod hooked;
mod model_resource;
mod relations;
mod words;

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::Generics;

use crate::model::{Enumeration, Mentions, Resource, RuntimePath};

/// All that a resource gets.
pub(crate) fn resource(resource: &Resource) -> TokenStream {
    let columns: Vec<_> = resource.columns.iter().enumerate().collect();
    let hooks: Vec<_> = resource.hooks.iter().collect();
    let code = [
        columns::expand(resource, &columns),
        model_resource::expand(resource),
        hooked::expand(resource, &hooks, &relations::endpoints(resource)),
        relations::checks(resource, &columns),
        column_checks::expand(resource),
    ];
    words::in_block(&resource.runtime, &code.into_iter().collect())
}

/// All that an enum gets.
pub(crate) fn enumeration(enumeration: &Enumeration) -> TokenStream {
    words::in_block(&enumeration.runtime, &column_type::expand(enumeration))
}

/// What an editor reads of a resource, whether or not something is wrong with it.
pub(crate) fn resource_in_editor(resource: &Resource, mentions: &Mentions) -> TokenStream {
    let words = editor::expand(&resource.name, mentions);
    let impls = fallback::bare_resource(resource);
    words::in_block(&resource.runtime, &quote!(#words #impls))
}

/// What an editor reads of an enum, whether or not something is wrong with it.
pub(crate) fn enumeration_in_editor(
    name: &Ident,
    generics: &Generics,
    runtime: &RuntimePath,
    mentions: &Mentions,
) -> TokenStream {
    let words = editor::expand(name, mentions);
    let impls = fallback::enumeration(name, generics);
    words::in_block(runtime, &quote!(#words #impls))
}

/// What a resource with errors gets.
pub(crate) fn resource_with_errors(resource: &Resource) -> TokenStream {
    words::in_block(&resource.runtime, &fallback::resource(resource))
}

/// What an item gets of which nothing could be read as a resource.
pub(crate) fn no_resource(name: &Ident, generics: &Generics, runtime: &RuntimePath) -> TokenStream {
    words::in_block(runtime, &fallback::unread_resource(name, generics))
}

/// What an enum with errors gets, or what is none.
pub(crate) fn enumeration_with_errors(
    name: &Ident,
    generics: &Generics,
    runtime: &RuntimePath,
) -> TokenStream {
    words::in_block(runtime, &fallback::enumeration(name, generics))
}
