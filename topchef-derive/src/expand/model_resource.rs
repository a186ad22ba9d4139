//! `impl ModelResource`: the way to the descriptor, and the codec.
//!
//! It does not know what the descriptor says.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::descriptor;
use super::words::{at, quietly, runtime};
use crate::model::{Column, Computed, Resource};

pub(super) fn expand(resource: &Resource) -> TokenStream {
    let runtime = runtime(Span::call_site());
    let quietly = quietly();
    let name = &resource.name;
    let descriptor = descriptor::expand(resource);
    let from_row = resource
        .columns
        .iter()
        .enumerate()
        .map(|(index, column)| from_cell(index, column));
    let values = resource.columns.iter().map(to_value);
    let write_computed = write_computed(&resource.computed);
    quote! {
        #quietly
        impl #runtime::ModelResource for #name {
            fn descriptor() -> &'static #runtime::descriptor::Descriptor {
                static __TOPCHEF_DESCRIPTOR: #runtime::descriptor::Descriptor = #descriptor;
                &__TOPCHEF_DESCRIPTOR
            }

            fn from_row(
                __topchef_row: &#runtime::column::Row<'_>,
            ) -> ::core::result::Result<Self, #runtime::column::DecodeError> {
                ::core::result::Result::Ok(Self { #(#from_row),* })
            }

            fn values(&self) -> ::std::vec::Vec<#runtime::Value> {
                ::std::vec![#(#values),*]
            }

            #write_computed
        }
    }
}

fn from_cell(index: usize, column: &Column) -> TokenStream {
    let span = at(&column.ty);
    let field = &column.field;
    let index = Literal::usize_unsuffixed(index);
    let get = if column.json.is_some() {
        quote_spanned!(span=> json)
    } else {
        quote_spanned!(span=> get)
    };
    quote_spanned!(span=> #field: __topchef_row.#get(#index)?)
}

fn to_value(column: &Column) -> TokenStream {
    let span = at(&column.ty);
    let runtime = runtime(span);
    let field = &column.field;
    if column.json.is_some() {
        quote_spanned!(span=> #runtime::__private::json_value(&self.#field))
    } else {
        quote_spanned!(span=> #runtime::column::ColumnType::to_value(&self.#field))
    }
}

/// Nothing without computed fields: the trait's own says that there is no such field.
fn write_computed(computed: &[Computed]) -> Option<TokenStream> {
    let runtime = runtime(Span::call_site());
    let arms = computed.iter().enumerate().map(|(index, computed)| {
        let span = at(&computed.method);
        let inner = super::words::runtime(span);
        let method = &computed.method;
        let index = Literal::usize_unsuffixed(index);
        quote_spanned!(span=> #index => #inner::__private::write_json(&self.#method(), __topchef_out),)
    });
    (!computed.is_empty()).then(|| {
        quote! {
            fn write_computed(
                &self,
                __topchef_field: usize,
                __topchef_out: &mut ::std::vec::Vec<u8>,
            ) -> ::core::result::Result<(), #runtime::column::EncodeError> {
                match __topchef_field {
                    #(#arms)*
                    _ => #runtime::__private::no_such_field(__topchef_field),
                }
            }
        }
    })
}
