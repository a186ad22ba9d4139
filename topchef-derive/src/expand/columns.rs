//! The typed columns: `Book::TITLE`.
//!
//! It does not know what they are used for.

use proc_macro2::{Literal, TokenStream};
use quote::{quote, quote_spanned};

use super::words::{at, runtime, without_self};
use crate::model::{Column, Resource};

/// The constants of some columns, each with its place among all columns.
pub(super) fn expand(resource: &Resource, columns: &[(usize, &Column)]) -> TokenStream {
    let name = &resource.name;
    let constants = columns
        .iter()
        .map(|(index, column)| constant(resource, *index, column));
    quote! {
        #[automatically_derived]
        impl #name {
            #(#constants)*
        }
    }
}

fn constant(resource: &Resource, index: usize, column: &Column) -> TokenStream {
    let span = at(&column.ty);
    let runtime = runtime(span);
    let name = &resource.name;
    let visibility = &resource.visibility;
    let Column {
        field, constant, ..
    } = column;
    let ty = without_self(&column.ty, name);
    let doc = format!(" The column `{}`.", column.in_table.value());
    let index = Literal::usize_unsuffixed(index);
    let kept_as = if column.json.is_some() {
        quote_spanned!(span=> #runtime::JsonType)
    } else {
        quote_spanned!(span=> #runtime::ColumnType)
    };
    // The trait is named here, and is no bound of `new`, so that a type without it is told without a look into the runtime.
    let codec = quote_spanned!(span=> <#ty as #kept_as>::CODEC);
    // All of it in the field's place: where the struct has a constant of that name already, it is about the field.
    let place = at(field);
    quote_spanned! {place=>
        #[doc = #doc]
        #visibility const #constant: #runtime::Column<#name, #ty> = #runtime::Column::new(
            #index,
            #codec,
            |__topchef_record| &__topchef_record.#field,
            |__topchef_record| &mut __topchef_record.#field,
        );
    }
}
