//! The items inside `#[resource(..)]`, of all such attributes together.
//!
//! It does not know what any item means.

use darling::FromMeta;
use darling::ast::{MetaNameValueInvalidExpr, NestedMeta};
use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Expr, Ident, Meta, Path, Token};

use crate::diag::Problems;

/// The items that could be read.
pub(super) struct Items {
    pub(super) list: Vec<NestedMeta>,
    /// Whether that is all of them.
    pub(super) complete: bool,
}

/// What a receiver makes of every `#[resource(..)]` above `name`, and whether that is all that stands there.
pub(super) fn receive<R: Default + FromMeta>(
    name: &Ident,
    attributes: &[Attribute],
    problems: &mut Problems,
) -> (R, bool) {
    let items = items(attributes, problems);
    let received = problems.received(R::from_list(&items.list), name);
    (received.unwrap_or_default(), items.complete)
}

/// What a receiver makes of what stands in the parentheses of `key`, and whether that is all that stands there.
pub(super) fn receive_inside<R: Default + FromMeta>(
    key: &Ident,
    tokens: &TokenStream,
    problems: &mut Problems,
) -> (R, bool) {
    let items = items_of(tokens, KEY_FIRST, problems);
    let received = problems.received(R::from_list(&items.list), key);
    (received.unwrap_or_default(), items.complete)
}

/// What a bare value lacks where there are keys.
const KEY_FIRST: &str = "a value stands after its key: write `key = value`";

/// The items of every `#[resource(..)]`.
fn items(attributes: &[Attribute], problems: &mut Problems) -> Items {
    let mut all = Items {
        list: Vec::new(),
        complete: true,
    };
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("resource"))
    {
        if let Meta::List(list) = &attribute.meta {
            let inner = items_of(&list.tokens, KEY_FIRST, problems);
            all.list.extend(inner.list);
            all.complete &= inner.complete;
        } else {
            problems.at(
                &attribute.meta,
                "write what is meant in parentheses: `#[resource(..)]`",
            );
            all.complete = false;
        }
    }
    all
}

/// The items between commas; one that is no item is said, and the others are read all the same.
///
/// What is said of a bare value is `bare`.
pub(super) fn items_of(tokens: &TokenStream, bare: &str, problems: &mut Problems) -> Items {
    let mut all = Items {
        list: Vec::new(),
        complete: true,
    };
    for part in split(tokens, is_whole) {
        let tokens = part.tokens.clone();
        let item = item(part);
        // Only of what is no whole item: a second look costs every build.
        if let Ok(NestedMeta::NameValueInvalidExpr(_)) | Err(_) = item
            && let Some((before, word, after)) = without_a_comma(&tokens)
        {
            problems.at(&word, format!("a comma is missing before `{word}`"));
            for tokens in [before, after] {
                all.list.extend(items_of(&tokens, bare, problems).list);
            }
            all.complete = false;
            continue;
        }
        match item {
            Ok(NestedMeta::Lit(value)) => {
                problems.at(&value, bare);
                all.complete = false;
            }
            Ok(item) => all.list.push(item),
            Err(error) => {
                problems.syntax(error);
                all.complete = false;
            }
        }
    }
    all
}

/// Parses each part between commas on its own, so that a broken one does not break the others.
pub(super) fn between_commas<T>(
    tokens: &TokenStream,
    parse: impl Fn(ParseStream<'_>) -> syn::Result<T>,
) -> Vec<syn::Result<T>> {
    split(tokens, |_| true)
        .into_iter()
        .map(|part| parse_all(part, &parse, "a comma"))
        .collect()
}

/// The expressions between commas, each on its own; commas inside one do not split it: `|cx, tx| tx`.
pub(super) fn expressions(tokens: &TokenStream) -> Vec<syn::Result<Expr>> {
    split(tokens, |part| syn::parse2::<Expr>(part.clone()).is_ok())
        .into_iter()
        .map(|part| parse_all(part, &<Expr as Parse>::parse, "a comma"))
        .collect()
}

/// What stands between two commas; the second comma is kept to point at where there is nothing.
struct Part {
    tokens: TokenStream,
    comma: Option<TokenTree>,
}

/// Splits at commas, except at those without which a part is not whole: `default = Pair::<u8, u8>::new`.
fn split(tokens: &TokenStream, is_whole: impl Fn(&TokenStream) -> bool) -> Vec<Part> {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let mut parts = Vec::new();
    let mut rest = tokens.as_slice();
    while !rest.is_empty() {
        let ends = || (0..=rest.len()).filter(|&end| rest.get(end).is_none_or(is_comma));
        let up_to = |end: usize| rest[..end].iter().cloned().collect::<TokenStream>();
        let first = ends().next().unwrap_or(rest.len());
        let end = ends().find(|&end| is_whole(&up_to(end))).unwrap_or(first);
        parts.push(Part {
            tokens: up_to(end),
            comma: rest.get(end).cloned(),
        });
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    parts
}

pub(super) fn is_comma(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(comma) if comma.as_char() == ',')
}

fn is_whole(tokens: &TokenStream) -> bool {
    matches!(
        syn::parse2(tokens.clone()),
        Ok(NestedMeta::Meta(_) | NestedMeta::Lit(_))
    )
}

/// An item with a value, and the word behind it that begins the next one, with all that follows.
fn without_a_comma(tokens: &TokenStream) -> Option<(TokenStream, Ident, TokenStream)> {
    let rest = |input: ParseStream<'_>| {
        input.call(Path::parse_mod_style)?;
        input.parse::<Token![=]>()?;
        input.parse::<Expr>()?;
        let word = input.fork().call(Ident::parse_any)?;
        Ok((word, input.parse::<TokenStream>()?))
    };
    let (word, after) = rest.parse2(tokens.clone()).ok()?;
    let length = tokens.clone().into_iter().count() - after.clone().into_iter().count();
    let before = tokens.clone().into_iter().take(length).collect();
    Some((before, word, after))
}

/// One item, whose value need not be an expression.
fn item(part: Part) -> syn::Result<NestedMeta> {
    let value_is_no_expression = |input: ParseStream<'_>| {
        Ok(NestedMeta::NameValueInvalidExpr(MetaNameValueInvalidExpr {
            path: input.call(Path::parse_mod_style)?,
            eq_token: input.parse()?,
            value: input.parse()?,
            error: darling::Error::custom("expected an expression"),
        }))
    };
    // An expression that breaks off inside brackets fails the parser as a whole, so it is tried apart.
    let broken = value_is_no_expression.parse2(part.tokens.clone());
    parse_all(part, &<NestedMeta as Parse>::parse, "`=` or a comma")
        .or_else(|error| broken.map_err(|_| error))
}

fn parse_all<T>(
    part: Part,
    parse: &impl Fn(ParseStream<'_>) -> syn::Result<T>,
    follows: &str,
) -> syn::Result<T> {
    if let (true, Some(comma)) = (part.tokens.is_empty(), part.comma) {
        return Err(syn::Error::new_spanned(
            comma,
            "nothing stands before this comma; remove it",
        ));
    }
    let all = |input: ParseStream<'_>| {
        let parsed = parse(input)?;
        if input.is_empty() {
            Ok(parsed)
        } else {
            Err(input.error(format!("expected {follows} here")))
        }
    };
    all.parse2(part.tokens)
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn a_broken_item_does_not_hide_the_others() {
        assert_eq!(
            problems! {
                #[resource(url_name: "books", tabel = "b", , "books", table = )]
                struct Book { id: Uuid }
            },
            [
                ":: expected `=` or a comma here",
                ",: nothing stands before this comma; remove it",
                "\"books\": a value stands after its key: write `key = value`",
                "tabel: unknown key `tabel`; did you mean `table`?",
                "table: `table` takes a text: write `table = \"…\"`",
            ],
        );
    }

    #[test]
    fn a_missing_comma_is_told_before_the_next_key() {
        assert_eq!(
            problems! {
                #[resource(table = "library" url_name = "books" methods(post, put), before_commit(post = stamp put = stamp))]
                struct Book {
                    id: Uuid,
                    #[resource(max_length = 3 unique)]
                    title: String,
                    #[resource(default = 1 as i32)]
                    pages: i32,
                }
            },
            [
                "url_name: a comma is missing before `url_name`",
                "methods: a comma is missing before `methods`",
                "put: a comma is missing before `put`",
                "unique: a comma is missing before `unique`",
            ],
        );
    }

    #[test]
    fn an_attribute_needs_parentheses() {
        assert_eq!(
            problems! {
                #[resource]
                struct Book {
                    #[resource = "key"]
                    isbn: String,
                }
            },
            [
                "resource: write what is meant in parentheses: `#[resource(..)]`",
                "resource = \"key\": write what is meant in parentheses: `#[resource(..)]`",
            ],
        );
    }
}
