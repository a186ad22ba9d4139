//! The impls that stand beside the errors, so that what uses the item brings no second wave of them, and those that
//! stand beside the words for an editor.
//!
//! It does not know what is wrong; nothing in here ever runs.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::Generics;

use super::model_resource::key_type;
use super::words::{runtime, without_self};
use super::{column_descriptor, columns, hooked, relations};
use crate::model::{Column, Hook, KeyColumn, Resource};

/// The impls of a resource with errors: the typed columns, defaults and hooks that could be read, and nothing that runs.
///
/// With the defaults, references, relations and hooks, what was imported only for them is still used, and what is wrong
/// with them is still said.
pub(super) fn resource(resource: &Resource) -> TokenStream {
    let Resource { name, generics, .. } = resource;
    if !generics.params.is_empty() {
        return unread_resource(name, generics);
    }
    if resource.columns.iter().any(Column::is_unsized) {
        // The traits are for types with a size: for this one each impl would be an error.
        return TokenStream::new();
    }
    let readable = readable(&resource.columns);
    let columns = columns::expand(resource, &readable);
    let values: Vec<_> = readable
        .iter()
        .flat_map(|(_, column)| {
            [
                column_descriptor::default(column, name),
                column_descriptor::on_update(column, name),
            ]
        })
        .flatten()
        .collect();
    let referenced: Vec<_> = resource
        .columns
        .iter()
        .filter_map(|column| column_descriptor::referenced(column, name))
        .collect();
    let key = readable_key(resource, &readable);
    let model_resource = model_resource(name, generics, &key, (&values, &referenced));
    let is_possible = |hook: &&Hook| hook.phase.methods().contains(&hook.method);
    let hooks: Vec<_> = resource.hooks.iter().filter(is_possible).collect();
    let hooked = hooked::expand(resource, &hooks, &[]);
    let mentions = relations::mentions(resource);
    let checks = relations::checks(resource, &readable);
    quote!(#columns #model_resource #hooked #mentions #checks)
}

/// The impls of a resource without what is said in its attributes: the typed columns, and the traits.
pub(super) fn bare_resource(resource: &Resource) -> TokenStream {
    let Resource { name, generics, .. } = resource;
    if !generics.params.is_empty() {
        return unread_resource(name, generics);
    }
    let readable = readable(&resource.columns);
    let columns = columns::expand(resource, &readable);
    let traits = bare_traits(name, generics, &readable_key(resource, &readable));
    quote!(#columns #traits)
}

/// The columns whose constants will compile: no constant twice, no type that is none of a column, and none that may have
/// lacked a misspelt `json`.
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
            !is_repeated(*place)
                && column.not_owned().is_none()
                && column.number_of_no_database().is_none()
                && (!column.misread || column.is_plainly_a_column())
        })
        .collect()
}

/// The type of the key, when there is one of readable columns.
fn readable_key(resource: &Resource, readable: &[(usize, &Column)]) -> TokenStream {
    let is_readable = |key: &KeyColumn| readable.iter().any(|(place, _)| *place == key.index);
    let is_possible = (1..=Resource::MOST_KEY_COLUMNS).contains(&resource.key.len());
    match (
        resource.key.as_slice(),
        resource.key.iter().all(is_readable),
    ) {
        // One that may be null is wrong, and what refers to it is not.
        ([only], true) => {
            let ty = resource.columns[only.index].type_of_values();
            without_self(ty, &resource.name)
        }
        (_, true) if is_possible => key_type(resource),
        _ => no_key(),
    }
}

/// What stands for the type of a key of which nothing is known.
fn no_key() -> TokenStream {
    quote!(i64)
}

/// The traits of an item of which nothing could be read.
pub(super) fn unread_resource(name: &Ident, generics: &Generics) -> TokenStream {
    bare_traits(name, generics, &no_key())
}

/// The traits, without anything in them that is not asked for.
fn bare_traits(name: &Ident, generics: &Generics, key: &TokenStream) -> TokenStream {
    let runtime = runtime(Span::call_site());
    let model_resource = model_resource(name, generics, key, (&[], &[]));
    let bounded = with_bounds(generics);
    let (impl_generics, ty_generics, where_clause) = bounded.split_for_impl();
    quote! {
        #model_resource

        #[automatically_derived]
        impl #impl_generics #runtime::Hooked for #name #ty_generics #where_clause {}
    }
}

fn model_resource(
    name: &Ident,
    generics: &Generics,
    key: &TokenStream,
    (values, referenced): (&[TokenStream], &[TokenStream]),
) -> TokenStream {
    let runtime = runtime(Span::call_site());
    let bounded = with_bounds(generics);
    let (impl_generics, ty_generics, where_clause) = bounded.split_for_impl();
    let values = (!values.is_empty())
        .then(|| quote!(const _: &[fn() -> #runtime::Value] = &[#(#values),*];));
    let referenced = (!referenced.is_empty()).then(|| {
        quote! {
            const _: &[fn() -> &'static #runtime::Descriptor] =
                &[#(<#referenced as #runtime::Related>::descriptor),*];
        }
    });
    quote! {
        #[automatically_derived]
        impl #impl_generics #runtime::ModelResource for #name #ty_generics #where_clause {
            type Key = #key;
            const KEY: &'static [usize] = &[];
            const DESCRIPTOR: &'static #runtime::Descriptor = {
                #values
                #referenced
                #runtime::NO_DESCRIPTOR
            };

            fn from_row(
                _: &#runtime::Row<'_>,
            ) -> ::core::result::Result<Self, #runtime::DecodeError> {
                ::core::unreachable!()
            }

            fn values(&self) -> ::core::result::Result<::std::vec::Vec<#runtime::Value>, #runtime::EncodeError> {
                ::core::unreachable!()
            }
        }
    }
}

/// The impls of an enum with errors.
pub(super) fn enumeration(name: &Ident, generics: &Generics) -> TokenStream {
    let runtime = runtime(Span::call_site());
    let bounded = with_bounds(generics);
    let (impl_generics, ty_generics, where_clause) = bounded.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics #name #ty_generics #where_clause {
            /// The name on the wire and in the table.
            pub const fn as_str(&self) -> &'static str {
                ::core::unreachable!()
            }
        }

        #[automatically_derived]
        impl #impl_generics #runtime::ColumnType for #name #ty_generics #where_clause {
            const KIND: #runtime::Kind = #runtime::Kind::Enum(&[]);

            fn from_cell(
                _: #runtime::Cell<'_>,
            ) -> ::core::result::Result<Self, #runtime::DecodeError> {
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
