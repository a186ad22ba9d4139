//! `impl ColumnType` for an enum, and its `as_str`.
//!
//! It does not know where the names come from.

use proc_macro2::{Span, TokenStream};
use quote::quote;

use super::words::runtime;
use crate::model::Enumeration;

pub(super) fn expand(enumeration: &Enumeration) -> TokenStream {
    let runtime = runtime(Span::call_site());
    let name = &enumeration.name;
    let variants: Vec<_> = enumeration
        .variants
        .iter()
        .map(|variant| &variant.name)
        .collect();
    let wires: Vec<String> = enumeration
        .variants
        .iter()
        .map(|variant| variant.wire.value())
        .collect();
    quote! {
        #[automatically_derived]
        impl #name {
            /// The name on the wire and in the table.
            pub const fn as_str(&self) -> &'static str {
                match self {
                    #(Self::#variants => #wires,)*
                }
            }
        }

        #[automatically_derived]
        impl #runtime::ColumnType for #name {
            const KIND: #runtime::Kind = #runtime::Kind::Enum(&[#(#wires),*]);

            fn from_cell(
                __topchef_cell: #runtime::Cell<'_>,
            ) -> ::core::result::Result<Self, #runtime::DecodeError> {
                match __topchef_cell.text()? {
                    #(#wires => ::core::result::Result::Ok(Self::#variants),)*
                    __topchef_other => ::core::result::Result::Err(
                        #runtime::DecodeError::unknown_variant(__topchef_other),
                    ),
                }
            }

            fn to_value(&self) -> #runtime::Value {
                <#runtime::Value as ::core::convert::From<_>>::from(self.as_str())
            }
        }
    }
}
