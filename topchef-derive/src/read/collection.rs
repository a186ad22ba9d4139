//! `collection(filter = [..], sort = [..], order_by = [..], search = [..], page_size = 50, max_page_size = 200)`.
//!
//! It does not know which fields there are.

use darling::FromMeta;
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Ident, Token};

use super::attribute::{self, between_commas};
use super::brackets::in_brackets;
use super::key::{Form, Given, Key, UnknownKeys, Value, value_of};
use super::key_names::{COLLECTION_KEYS, STRUCT_KEYS};
use super::length::whole_number;
use crate::diag::Problems;
use crate::model::PageSize;

/// What may be asked of a collection, as written.
#[derive(Default)]
pub(crate) struct WrittenCollection {
    pub(crate) filter: Option<Vec<WrittenColumn>>,
    pub(crate) sort: Option<Vec<WrittenColumn>>,
    pub(crate) order_by: Option<Vec<WrittenColumn>>,
    pub(crate) search: Option<Vec<WrittenColumn>>,
    pub(crate) page_size: Option<PageSize>,
    pub(crate) max_page_size: Option<PageSize>,
}

/// A column in a list.
pub(crate) struct WrittenColumn {
    pub(crate) word: Ident,
    /// Whether a minus stands before it.
    pub(crate) descending: bool,
}

/// What stands in the parentheses, by key.
#[derive(Default, FromMeta)]
struct Receiver {
    #[darling(multiple)]
    filter: Vec<Key<Names>>,
    #[darling(multiple)]
    sort: Vec<Key<Names>>,
    #[darling(multiple)]
    order_by: Vec<Key<Order>>,
    #[darling(multiple)]
    search: Vec<Key<Names>>,
    #[darling(multiple)]
    page_size: Vec<Key<PageSize>>,
    #[darling(multiple)]
    max_page_size: Vec<Key<PageSize>>,
    #[darling(flatten)]
    unknown: UnknownKeys,
}

/// `[title, pub_year]`.
struct Names(Vec<WrittenColumn>);

/// `[-pub_year, title]`.
struct Order(Vec<WrittenColumn>);

impl Value for WrittenCollection {
    fn read(given: Given<'_>, problems: &mut Problems) -> Option<Self> {
        let Form::List(tokens) = given.form else {
            given.is_wrong(
                "`collection` takes what may be asked: write `collection(filter = [..], order_by = [..])`",
                problems,
            );
            return None;
        };
        let (receiver, _) = attribute::receive_inside::<Receiver>(given.key, tokens, problems);
        receiver.unknown.report(
            ("`collection`", &COLLECTION_KEYS),
            ("a struct", &STRUCT_KEYS),
            problems,
        );
        Some(Self {
            filter: value_of(receiver.filter, problems).map(|names| names.0),
            sort: value_of(receiver.sort, problems).map(|names| names.0),
            order_by: value_of(receiver.order_by, problems).map(|order| order.0),
            search: value_of(receiver.search, problems).map(|names| names.0),
            page_size: value_of(receiver.page_size, problems),
            max_page_size: value_of(receiver.max_page_size, problems),
        })
    }
}

impl Value for Names {
    fn read(given: Given<'_>, problems: &mut Problems) -> Option<Self> {
        let key = given.key;
        let names = columns(given, problems)?;
        for name in names.iter().filter(|name| name.descending) {
            let word = &name.word;
            problems.at(
                word,
                format!("`{key}` takes names without an order: write `{word}`"),
            );
        }
        Some(Self(names))
    }
}

impl Value for Order {
    fn read(given: Given<'_>, problems: &mut Problems) -> Option<Self> {
        columns(given, problems).map(Self)
    }
}

fn columns(given: Given<'_>, problems: &mut Problems) -> Option<Vec<WrittenColumn>> {
    let tokens = match given.form {
        Form::Value(value) => value.to_token_stream(),
        Form::Broken(tokens) => tokens.clone(),
        Form::Word | Form::List(_) => TokenStream::new(),
    };
    let Some(inner) = in_brackets(&tokens) else {
        let key = given.key;
        given.is_wrong(
            format!("`{key}` takes a list: write `{key} = [..]`"),
            problems,
        );
        return None;
    };
    let mut columns = Vec::new();
    for read in between_commas(&inner, column) {
        match read {
            Ok(column) => columns.push(column),
            Err(error) => problems.syntax(error),
        }
    }
    Some(columns)
}

fn column(input: ParseStream<'_>) -> syn::Result<WrittenColumn> {
    let written: TokenStream = input.fork().parse()?;
    let descending = input.parse::<Option<Token![-]>>()?.is_some();
    if input.peek(Ident::peek_any) {
        let word = input.call(Ident::parse_any)?;
        if input.is_empty() {
            return Ok(WrittenColumn { word, descending });
        }
    }
    input.parse::<TokenStream>()?;
    Err(syn::Error::new_spanned(
        written,
        "a column is written by the name of its field: `title`",
    ))
}

impl Value for PageSize {
    fn read(given: Given<'_>, problems: &mut Problems) -> Option<Self> {
        let size = match given.form {
            Form::Value(written) => whole_number(written).map(|value| Self {
                value,
                written: written.clone(),
            }),
            Form::Word | Form::List(_) | Form::Broken(_) => None,
        };
        if size.is_none() {
            let key = given.key;
            given.is_wrong(
                format!("`{key}` takes a number of records: write `{key} = 50`"),
                problems,
            );
        }
        size
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn all_keys_are_read() {
        let problems = problems! {
            #[resource(collection(
                filter = [title, r#type],
                sort = [],
                order_by = [-title, id],
                search = [title],
                page_size = 10,
                max_page_size = 1_000,
            ))]
            struct Book { id: Uuid, title: String, r#type: String }
        };
        assert!(problems.is_empty(), "{problems:?}");
    }

    #[test]
    fn what_is_no_name_is_refused_where_it_stands() {
        assert_eq!(
            problems! {
                #[resource(collection(
                    filter = title,
                    sort = [-title, "id", id.x, 7],
                    order_by,
                    order_by = [+id, -],
                    page_size = "many",
                    max_page_size(5),
                    pagesize = 5,
                    search = [title],
                    search = [title],
                ))]
                struct Book { id: Uuid, title: String }
            },
            [
                "pagesize: unknown key `pagesize`; did you mean `page_size`?",
                "title: `filter` takes a list: write `filter = [..]`",
                "\"id\": a column is written by the name of its field: `title`",
                "id.x: a column is written by the name of its field: `title`",
                "7: a column is written by the name of its field: `title`",
                "title: `sort` takes names without an order: write `title`",
                "order_by: `order_by` takes a list: write `order_by = [..]`",
                "+id: a column is written by the name of its field: `title`",
                "-: a column is written by the name of its field: `title`",
                "order_by: `order_by` is given twice; keep one",
                "search: `search` is given twice; keep one",
                "\"many\": `page_size` takes a number of records: write `page_size = 50`",
                "5: `max_page_size` takes a number of records: write `max_page_size = 50`",
            ],
        );
    }

    #[test]
    fn it_stands_in_parentheses() {
        assert_eq!(
            problems! {
                #[resource(collection = [title])]
                struct Book { id: Uuid, title: String }
            },
            [
                "[title]: `collection` takes what may be asked: write `collection(filter = [..], order_by = [..])`"
            ],
        );
    }
}
