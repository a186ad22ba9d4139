//! What the compiler is asked of columns whose types only it knows: those that are not named plainly, such as aliases.
//!
//! It does not know the answers, nor what is said then; about a type that is named plainly nothing is asked.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote_spanned;

use super::words::{ends, placed, runtime};
use crate::model::{Column, Resource};

/// A question: a function of the runtime, the key that it is about where there are several, and the place of the answer.
type Question = (&'static str, Option<&'static str>, Option<(Span, Span)>);

/// All that is asked.
pub(super) fn expand(resource: &Resource) -> TokenStream {
    let columns = resource.columns.iter().enumerate();
    let of_columns = columns.flat_map(|(place, column)| {
        let is_key = resource.key.iter().any(|key| key.index == place);
        of_column(column, is_key).map(move |question| (place, question))
    });
    let of_lists = resource.collection.lists().into_iter();
    let of_lists = of_lists.flat_map(|(key, list)| {
        let function = match key {
            "search" => "is_searched",
            _ => "is_compared",
        };
        list.iter().filter_map(move |named| {
            Some((named.column?, (function, None, Some(ends(&named.word)))))
        })
    });
    of_columns
        .chain(of_lists)
        .filter(|(place, _)| is_unknown(&resource.columns[*place]))
        .filter_map(|(place, question)| ask(resource, place, question))
        .collect()
}

/// Whether only the compiler knows the column's type.
fn is_unknown(column: &Column) -> bool {
    column.json.is_none() && !column.is_plainly_a_column()
}

/// What is asked because of the keys of a column.
fn of_column(column: &Column, is_key: bool) -> impl Iterator<Item = Question> + use<> {
    let max_length = column.max_length.as_ref().map(|it| ends(&it.written));
    let min_length = column.min_length.as_ref().map(|it| ends(&it.written));
    let minimum = column.minimum.as_ref().map(|it| ends(&it.written));
    let maximum = column.maximum.as_ref().map(|it| ends(&it.written));
    let format = column.format.as_ref().map(|it| ends(&it.written));
    let ty = ends(&column.ty);
    [
        ("holds_text", Some("max_length"), max_length),
        ("holds_text", Some("min_length"), min_length),
        (
            "holds_text",
            Some("pattern"),
            column.pattern.as_ref().map(ends),
        ),
        ("holds_text", Some("format"), format),
        ("has_minimum", None, minimum),
        ("has_maximum", None, maximum),
        (
            "is_no_json",
            Some("unique"),
            column.unique.as_ref().map(ends),
        ),
        ("is_no_json", Some("index"), column.index.as_ref().map(ends)),
        ("counts", None, column.version.as_ref().map(|_| ty)),
        ("is_in_a_key", None, is_key.then_some(ty)),
    ]
    .into_iter()
}

fn ask(resource: &Resource, place: usize, (function, key, at): Question) -> Option<TokenStream> {
    let (first, last) = at?;
    let runtime = runtime(first);
    let function = Ident::new(function, first);
    let name = placed(&resource.name, last);
    let place = Literal::usize_unsuffixed(place);
    let key = key.map(|key| {
        let mut key = Literal::string(key);
        key.set_span(last);
        quote_spanned!(last=> , #key)
    });
    let asked = quote_spanned!(first=> #runtime::#function);
    let in_runtime = super::words::runtime(last);
    let descriptor = quote_spanned!(last=> <#name as #in_runtime::ModelResource>::DESCRIPTOR);
    let arguments = quote_spanned!(last=> (#descriptor, #place #key));
    Some(quote_spanned!(last=> const _: () = #asked #arguments;))
}
