//! The impls that stand beside the errors, so that what uses the item brings no second wave of them.
//!
//! It does not know what is wrong; nothing in here ever runs.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::Generics;

use super::words::{quietly, runtime};
use super::{columns, descriptor, hooked};
use crate::model::{Column, Hook, Resource};

/// The impls of a resource with errors: the typed columns, defaults and hooks that could be read, and nothing that runs.
///
/// With the defaults and hooks, what was imported only for them is still used, and what is wrong with them is still
/// said.
pub(crate) fn resource(resource: &Resource) -> TokenStream {
    let Resource { name, generics, .. } = resource;
    if !generics.params.is_empty() {
        return unread_resource(name, generics);
    }
    let readable = readable(&resource.columns);
    let columns = columns::expand(resource, &readable);
    let defaults: Vec<_> = readable
        .iter()
        .filter_map(|(_, column)| descriptor::default(column, name))
        .collect();
    let model_resource = model_resource(name, generics, &defaults);
    let is_possible = |hook: &&Hook| hook.phase.methods().contains(&hook.method);
    let hooks: Vec<_> = resource.hooks.iter().filter(is_possible).collect();
    let hooked = hooked::expand(name, &hooks);
    quote!(#columns #model_resource #hooked)
}

/// The columns whose constants will compile: no constant twice, and no type that may have lacked a misspelt `json`.
fn readable(columns: &[Column]) -> Vec<(usize, &Column)> {
    let is_repeated = |place: usize| {
        columns[..place]
            .iter()
            .any(|before| before.constant == columns[place].constant)
    };
    columns
        .iter()
        .enumerate()
        .filter(|(place, column)| {
            !is_repeated(*place) && (!column.misread || column.is_plainly_a_column())
        })
        .collect()
}

/// The traits of an item of which nothing could be read.
pub(crate) fn unread_resource(name: &Ident, generics: &Generics) -> TokenStream {
    let runtime = runtime(Span::call_site());
    let quietly = quietly();
    let model_resource = model_resource(name, generics, &[]);
    let bounded = with_bounds(generics);
    let (impl_generics, ty_generics, where_clause) = bounded.split_for_impl();
    quote! {
        #model_resource

        #quietly
        impl #impl_generics #runtime::Hooked for #name #ty_generics #where_clause {
            fn hooks() -> &'static #runtime::__private::Hooks {
                ::core::unreachable!()
            }
        }
    }
}

fn model_resource(name: &Ident, generics: &Generics, defaults: &[TokenStream]) -> TokenStream {
    let runtime = runtime(Span::call_site());
    let quietly = quietly();
    let bounded = with_bounds(generics);
    let (impl_generics, ty_generics, where_clause) = bounded.split_for_impl();
    let defaults = (!defaults.is_empty())
        .then(|| quote!(const _: &[fn() -> #runtime::Value] = &[#(#defaults),*];));
    quote! {
        #quietly
        impl #impl_generics #runtime::ModelResource for #name #ty_generics #where_clause {
            fn descriptor() -> &'static #runtime::descriptor::Descriptor {
                #defaults
                ::core::unreachable!()
            }

            fn from_row(
                _: &#runtime::column::Row<'_>,
            ) -> ::core::result::Result<Self, #runtime::column::DecodeError> {
                ::core::unreachable!()
            }

            fn values(&self) -> ::std::vec::Vec<#runtime::Value> {
                ::core::unreachable!()
            }
        }
    }
}

/// The impls of an enum with errors.
pub(crate) fn enumeration(name: &Ident, generics: &Generics) -> TokenStream {
    let runtime = runtime(Span::call_site());
    let quietly = quietly();
    let bounded = with_bounds(generics);
    let (impl_generics, ty_generics, where_clause) = bounded.split_for_impl();
    quote! {
        #quietly
        impl #impl_generics #name #ty_generics #where_clause {
            /// The name on the wire and in the table.
            pub const fn as_str(&self) -> &'static str {
                ::core::unreachable!()
            }
        }

        #quietly
        impl #impl_generics #runtime::column::ColumnType for #name #ty_generics #where_clause {
            const KIND: #runtime::column::Kind = #runtime::column::Kind::Enum(&[]);

            fn from_cell(
                _: #runtime::column::Cell<'_>,
            ) -> ::core::result::Result<Self, #runtime::column::DecodeError> {
                ::core::unreachable!()
            }

            fn to_value(&self) -> #runtime::Value {
                ::core::unreachable!()
            }
        }
    }
}

/// What the traits ask of every type is asked of a generic one by its impl.
fn with_bounds(generics: &Generics) -> Generics {
    let mut generics = generics.clone();
    if !generics.params.is_empty() {
        generics
            .make_where_clause()
            .predicates
            .push(syn::parse_quote!(Self: ::core::marker::Send + ::core::marker::Sync + 'static));
    }
    generics
}
