//! The model as code: one file for each impl that is emitted.
//!
//! It knows no attributes, and cannot fail: by now nothing is wrong.

mod column_type;
mod columns;
mod descriptor;
pub(crate) mod fallback;
mod hooked;
mod model_resource;
mod words;

use proc_macro2::TokenStream;

use crate::model::{Enumeration, Resource};

/// All that a resource gets.
pub(crate) fn resource(resource: &Resource) -> TokenStream {
    let columns: Vec<_> = resource.columns.iter().enumerate().collect();
    let hooks: Vec<_> = resource.hooks.iter().collect();
    [
        columns::expand(resource, &columns),
        model_resource::expand(resource),
        hooked::expand(&resource.name, &hooks),
    ]
    .into_iter()
    .collect()
}

/// All that an enum gets.
pub(crate) fn enumeration(enumeration: &Enumeration) -> TokenStream {
    column_type::expand(enumeration)
}
