//! `impl ModelResource`: the way to the descriptor, and the codec.
//!
//! It does not know what the descriptor says.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::descriptor;
use super::words::{ask, at, quietly, runtime};
use crate::model::{Column, Computed, Resource};

pub(super) fn expand(resource: &Resource) -> TokenStream {
    let runtime = runtime(Span::call_site());
    let quietly = quietly();
    let name = &resource.name;
    let descriptor = descriptor::expand(resource);
    let from_row = resource
        .columns
        .iter()
        .map(|column| read_field(column, name));
    let values = resource
        .columns
        .iter()
        .map(|column| value_of_field(column, name));
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

/// Through the column's constant: there alone it is asked whether its type can be one.
fn read_field(column: &Column, name: &Ident) -> TokenStream {
    let span = at(&column.ty);
    let Column {
        field, constant, ..
    } = column;
    quote_spanned!(span=> #field: #name::#constant.read(__topchef_row)?)
}

fn value_of_field(column: &Column, name: &Ident) -> TokenStream {
    let span = at(&column.ty);
    let constant = &column.constant;
    quote_spanned!(span=> #name::#constant.value(self))
}

/// Nothing without computed fields: the trait's own says that there is no such field.
fn write_computed(computed: &[Computed]) -> Option<TokenStream> {
    let runtime = runtime(Span::call_site());
    let arms = computed.iter().enumerate().map(|(index, computed)| {
        let method = &computed.method;
        let span = at(method);
        let index = Literal::usize_unsuffixed(index);
        let value = Ident::new("__topchef_value", method.span());
        let given = quote_spanned!(method.span()=> &#value);
        let write = ask(
            method,
            ("ComputedField", &TokenStream::new(), "write"),
            &quote!(#given, __topchef_out),
        );
        quote_spanned! {span=>
            #index => {
                let #value = self.#method();
                #write
            }
        }
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
