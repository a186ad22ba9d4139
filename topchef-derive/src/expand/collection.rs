//! The descriptor of a collection.
//!
//! It does not know why a column may be asked for.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens, quote};

use super::words::{rest, runtime, unless_empty};
use crate::model::Collection;

/// What may be asked for; only what is said of it is written.
pub(super) fn expand(collection: &Collection) -> TokenStream {
    let runtime = runtime(Span::call_site());
    let filter = places(&collection.filterable);
    let sort = places(&collection.sortable);
    let order = order(collection);
    let search = collection.search.iter().filter_map(|named| named.column);
    let search = unless_empty("search", &search.map(place).collect::<Vec<_>>());
    let page = page(collection);
    let rest = rest(
        &[&order, &search, &page],
        &quote!(#runtime::EMPTY.collection),
    );
    quote!(#runtime::Collection { filter: #filter, sort: #sort, #order #search #page #rest })
}

fn order(collection: &Collection) -> Option<TokenStream> {
    let runtime = runtime(Span::call_site());
    let order = collection.order_by.iter().filter_map(|named| {
        let column = Literal::usize_unsuffixed(named.column?);
        let descending = named.descending;
        Some(quote!(#runtime::Sort { column: #column, descending: #descending }))
    });
    unless_empty("order", &order.collect::<Vec<_>>())
}

fn places(places: &[usize]) -> TokenStream {
    let places = places.iter().copied().map(place);
    quote!(&[#(#places),*])
}

fn place(place: usize) -> TokenStream {
    Literal::usize_unsuffixed(place).into_token_stream()
}

fn page(collection: &Collection) -> Option<TokenStream> {
    let runtime = runtime(Span::call_site());
    if collection.page_size.is_none() && collection.max_page_size.is_none() {
        return None;
    }
    let default = Literal::i64_unsuffixed(collection.default());
    let max = Literal::i64_unsuffixed(collection.max());
    Some(quote!(page: #runtime::PageSize { default: #default, max: #max },))
}
