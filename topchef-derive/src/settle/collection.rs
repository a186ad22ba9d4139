//! What may be asked of a collection, with the columns that were meant.
//!
//! It does not know whether they may be asked for.

use super::place;
use crate::model::{Collection, Column, KeyColumn, NamedColumn};
use crate::read::{WrittenCollection, WrittenColumn};

/// Settles a collection: what nobody wrote may be asked is what the table finds quickly.
pub(super) fn settle(
    written: WrittenCollection,
    columns: &[Column],
    key: &[KeyColumn],
) -> Collection {
    let is_key = |index: usize| key.iter().any(|key| key.index == index);
    let looked_up = |names: Vec<WrittenColumn>| named(names, columns);
    let filter = written.filter.map(looked_up);
    let sort = written.sort.map(looked_up);
    let order_by = written.order_by.map_or_else(Vec::new, looked_up);
    let all = 0..columns.len();
    let filterable: Vec<usize> = match &filter {
        Some(names) => all
            .filter(|index| is_key(*index) || names_it(names, *index))
            .collect(),
        None => all
            .filter(|index| is_key(*index) || is_found_quickly(&columns[*index]))
            .collect(),
    };
    let filterable = kept(filterable, columns);
    let sortable = match &sort {
        Some(names) => names.iter().filter_map(|name| name.column).collect(),
        None => (0..columns.len())
            .filter(|index| filterable.contains(index) || names_it(&order_by, *index))
            .collect(),
    };
    Collection {
        filterable,
        sortable: kept(sortable, columns),
        filter: filter.unwrap_or_default(),
        sort: sort.unwrap_or_default(),
        order_by,
        search: written.search.map_or_else(Vec::new, looked_up),
        page_size: written.page_size,
        max_page_size: written.max_page_size,
    }
}

fn named(names: Vec<WrittenColumn>, columns: &[Column]) -> Vec<NamedColumn> {
    names
        .into_iter()
        .map(|WrittenColumn { word, descending }| NamedColumn {
            column: place(columns, &word),
            word,
            descending,
        })
        .collect()
}

fn names_it(names: &[NamedColumn], index: usize) -> bool {
    names.iter().any(|name| name.column == Some(index))
}

/// Whether the table has an index on the column.
fn is_found_quickly(column: &Column) -> bool {
    column.unique.is_some() || column.index.is_some() || column.references.is_some()
}

/// Without the columns that nobody may ask about: a write-only value could be guessed letter by letter, and JSON has no order.
fn kept(mut places: Vec<usize>, columns: &[Column]) -> Vec<usize> {
    places.retain(|index| {
        let column = &columns[*index];
        column.write_only.is_none() && column.json.is_none()
    });
    places
}

#[cfg(test)]
mod tests {
    use syn::{DeriveInput, parse_quote};

    use crate::model::Collection;
    use crate::testing::settled;

    fn collection(input: &DeriveInput) -> Option<Collection> {
        settled(input).map(|resource| resource.collection)
    }

    #[test]
    fn the_key_can_always_be_asked_for() {
        let input = parse_quote! {
            #[resource(collection(filter = [title]))]
            struct Book { title: String, id: Uuid, pages: i32 }
        };
        assert!(collection(&input).is_some_and(|collection| {
            collection.filterable == [0, 1] && collection.sortable == [0, 1]
        }));
    }

    #[test]
    fn what_has_an_index_can_be_asked_for() {
        let input = parse_quote! {
            struct Book {
                id: Uuid,
                title: String,
                #[resource(unique)]
                isbn: String,
                #[resource(index)]
                pages: i32,
                #[resource(references = Author)]
                author_id: Uuid,
                #[resource(unique, write_only)]
                secret: String,
                #[resource(json, index)]
                body: Body,
            }
        };
        assert!(collection(&input).is_some_and(|collection| {
            collection.filterable == [0, 2, 3, 4] && collection.sortable == [0, 2, 3, 4]
        }));
    }

    #[test]
    fn what_is_sorted_by_can_be_asked_for() {
        let input = parse_quote! {
            #[resource(collection(order_by = [-pages, title]))]
            struct Book { title: String, id: Uuid, pages: i32 }
        };
        assert!(collection(&input).is_some_and(|collection| {
            collection.filterable == [1] && collection.sortable == [0, 1, 2]
        }));
        let input = parse_quote! {
            #[resource(collection(order_by = [-pages], sort = [title]))]
            struct Book { title: String, id: Uuid, pages: i32 }
        };
        assert!(collection(&input).is_some_and(|collection| collection.sortable == [0]));
    }

    #[test]
    fn a_page_is_no_longer_than_the_longest() {
        for (given, default, max) in [
            (parse_quote!(), 50, 200),
            (parse_quote!(page_size = 20), 20, 200),
            (parse_quote!(max_page_size = 20), 20, 20),
            (parse_quote!(page_size = 10, max_page_size = 1000), 10, 1000),
        ] {
            let given: proc_macro2::TokenStream = given;
            let input = parse_quote! {
                #[resource(collection(#given))]
                struct Book { id: Uuid }
            };
            assert!(collection(&input).is_some_and(|collection| {
                collection.default() == default && collection.max() == max
            }));
        }
    }
}
