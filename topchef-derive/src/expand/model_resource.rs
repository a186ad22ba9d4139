//! `impl ModelResource`: the way to the descriptor, and the codec.
//!
//! It does not know what the descriptor says.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::descriptor;
use super::words::{ask, at, runtime, without_self};
use crate::model::{Column, Computed, Resource, Skipped};

pub(super) fn expand(resource: &Resource) -> TokenStream {
    let runtime = runtime(Span::call_site());
    let name = &resource.name;
    let descriptor = descriptor::expand(resource);
    let from_row = resource
        .columns
        .iter()
        .map(|column| read_field(column, name))
        .chain(resource.skipped.iter().map(fill_field));
    let values = resource
        .columns
        .iter()
        .map(|column| value_of_field(column, name));
    let write_computed = write_computed(&resource.computed);
    let key = key_type(resource);
    let places = resource
        .key
        .iter()
        .map(|key| Literal::usize_unsuffixed(key.index));
    quote! {
        #[automatically_derived]
        impl #runtime::ModelResource for #name {
            type Key = #key;
            const KEY: &'static [usize] = &[#(#places),*];
            const DESCRIPTOR: &'static #runtime::Descriptor = &#descriptor;

            fn from_row(
                __topchef_row: &#runtime::Row<'_>,
            ) -> ::core::result::Result<Self, #runtime::DecodeError> {
                ::core::result::Result::Ok(Self { #(#from_row),* })
            }

            fn values(&self) -> ::core::result::Result<::std::vec::Vec<#runtime::Value>, #runtime::EncodeError> {
                ::core::result::Result::Ok(::std::vec![#(#values),*])
            }

            #write_computed
        }
    }
}

/// The type of the key's column, or a tuple of them.
pub(super) fn key_type(resource: &Resource) -> TokenStream {
    let types: Vec<_> = resource
        .key_columns()
        .map(|column| without_self(&column.ty, &resource.name))
        .collect();
    match types.as_slice() {
        [only] => only.clone(),
        types => quote!((#(#types,)*)),
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

/// A field that is no column gets its type's own value.
fn fill_field(skipped: &Skipped) -> TokenStream {
    let field = &skipped.field;
    let nothing = TokenStream::new();
    let filled = ask(&skipped.ty, ("SkippedField", &nothing, "filled"), &nothing);
    let span = at(&skipped.ty);
    quote_spanned!(span=> #field: #filled)
}

fn value_of_field(column: &Column, name: &Ident) -> TokenStream {
    let span = at(&column.ty);
    let constant = &column.constant;
    quote_spanned!(span=> #name::#constant.value(self)?)
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
            ) -> ::core::result::Result<(), #runtime::EncodeError> {
                match __topchef_field {
                    #(#arms)*
                    _ => #runtime::no_such_field(__topchef_field),
                }
            }
        }
    })
}
