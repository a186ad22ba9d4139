//! What the compiler is asked of columns whose types only it knows: those that are not named plainly, such as aliases.
//!
//! It does not know the answers, nor what is said then; about a type that is named plainly nothing is asked.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote_spanned;

use super::words::{ends, placed, runtime};
use crate::model::{Column, Resource};

/// An assertion about a column.
struct Assertion {
    /// The function of the runtime.
    function: &'static str,
    /// The key that it is about, where the function is asked about several.
    key: Option<&'static str>,
    /// The first and the last place of what is wrong when it does not hold.
    place: (Span, Span),
}

/// All that is asserted.
pub(super) fn expand(resource: &Resource) -> TokenStream {
    let columns = resource.columns.iter().enumerate();
    let of_columns = columns.flat_map(|(index, column)| {
        let is_key = resource.key.iter().any(|key| key.index == index);
        let assertions = of_column(column, is_key).into_iter().flatten();
        assertions.map(move |assertion| (index, assertion))
    });
    let of_lists = resource.collection.lists().into_iter();
    let of_lists = of_lists.flat_map(|(key, list)| {
        let function = match key {
            "search" => "assert_searchable",
            _ => "assert_comparable",
        };
        list.iter().filter_map(move |named| {
            let place = ends(&named.word);
            let assertion = Assertion {
                function,
                key: None,
                place,
            };
            Some((named.column?, assertion))
        })
    });
    of_columns
        .chain(of_lists)
        .filter(|(index, _)| is_unknown(&resource.columns[*index]))
        .map(|(index, assertion)| constant(resource, index, &assertion))
        .collect()
}

/// Whether only the compiler knows the column's type.
fn is_unknown(column: &Column) -> bool {
    column.json.is_none() && !column.is_plainly_a_column()
}

/// What is asserted because of the keys of a column.
fn of_column(column: &Column, is_key: bool) -> [Option<Assertion>; 10] {
    let about = |function, key, place: Option<(Span, Span)>| {
        let place = place?;
        Some(Assertion {
            function,
            key,
            place,
        })
    };
    let of_text = |key, place| about("assert_text", Some(key), place);
    let no_json = |key, place| about("assert_no_json", Some(key), place);
    let ty = ends(&column.ty);
    [
        of_text(
            "max_length",
            column.max_length.as_ref().map(|it| ends(&it.written)),
        ),
        of_text(
            "min_length",
            column.min_length.as_ref().map(|it| ends(&it.written)),
        ),
        of_text("pattern", column.pattern.as_ref().map(ends)),
        of_text("format", column.format.as_ref().map(|it| ends(&it.written))),
        about(
            "assert_minimum",
            None,
            column.minimum.as_ref().map(|it| ends(&it.written)),
        ),
        about(
            "assert_maximum",
            None,
            column.maximum.as_ref().map(|it| ends(&it.written)),
        ),
        no_json("unique", column.unique.as_ref().map(ends)),
        no_json("index", column.index.as_ref().map(ends)),
        about("assert_version", None, column.version.as_ref().map(|_| ty)),
        about("assert_key", None, is_key.then_some(ty)),
    ]
}

fn constant(resource: &Resource, index: usize, assertion: &Assertion) -> TokenStream {
    let (first, last) = assertion.place;
    let (from_first, from_last) = (runtime(first), runtime(last));
    let function = Ident::new(assertion.function, first);
    let name = placed(&resource.name, last);
    let index = Literal::usize_unsuffixed(index);
    let key = assertion.key.map(|key| {
        let mut key = Literal::string(key);
        key.set_span(last);
        quote_spanned!(last=> , #key)
    });
    let function = quote_spanned!(first=> #from_first::#function);
    let descriptor = quote_spanned!(last=> <#name as #from_last::ModelResource>::DESCRIPTOR);
    let arguments = quote_spanned!(last=> (#descriptor, #index #key));
    quote_spanned!(last=> const _: () = #function #arguments;)
}
