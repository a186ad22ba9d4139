//! The descriptor of a collection.
//!
//! It does not know why a column may be asked for.

use proc_macro2::{Literal, Span, TokenStream};
use quote::quote;

use super::words::runtime;
use crate::model::Collection;

pub(super) fn expand(collection: &Collection) -> TokenStream {
    let runtime = runtime(Span::call_site());
    let filter = places(collection.filterable.iter().copied());
    let sort = places(collection.sortable.iter().copied());
    let search = places(collection.search.iter().filter_map(|named| named.column));
    let order = collection.order_by.iter().filter_map(|named| {
        let column = Literal::usize_unsuffixed(named.column?);
        let descending = named.descending;
        Some(quote!(#runtime::descriptor::Sort { column: #column, descending: #descending }))
    });
    let page = page(collection);
    quote! {
        #runtime::descriptor::Collection {
            filter: #filter,
            sort: #sort,
            order: &[#(#order),*],
            search: #search,
            page: #page,
        }
    }
}

fn places(places: impl Iterator<Item = usize>) -> TokenStream {
    let places = places.map(Literal::usize_unsuffixed);
    quote!(&[#(#places),*])
}

fn page(collection: &Collection) -> TokenStream {
    let runtime = runtime(Span::call_site());
    if collection.page_size.is_none() && collection.max_page_size.is_none() {
        return quote!(#runtime::descriptor::PageSize::USUAL);
    }
    let default = Literal::i64_unsuffixed(collection.default());
    let max = Literal::i64_unsuffixed(collection.max());
    quote!(#runtime::descriptor::PageSize { default: #default, max: #max })
}
