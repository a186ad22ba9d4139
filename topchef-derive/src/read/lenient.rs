//! Attributes taken apart as far as they go, however they break off.
//!
//! It reports nothing and refuses nothing: what is wrong is said by those who read the keys.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, ExprPath, Ident, Meta};

use super::attribute::is_comma;
use super::brackets::in_brackets;

/// One item between commas.
pub(super) struct Item {
    pub(super) key: Ident,
    /// What stands in parentheses behind the key.
    pub(super) parenthesized: Option<TokenStream>,
    /// What stands behind an equals sign.
    pub(super) value: TokenStream,
}

impl Item {
    pub(super) fn inside(&self) -> Vec<Self> {
        items(self.parenthesized.clone().unwrap_or_default()).collect()
    }

    pub(super) fn path(&self) -> Option<ExprPath> {
        path(self.value.clone())
    }

    /// The words in `[..]`.
    pub(super) fn words(&self) -> Option<Vec<Ident>> {
        in_brackets(&self.value).map(words)
    }
}

/// Whether it is an attribute of ours.
pub(super) fn is_resource(attribute: &Attribute) -> bool {
    attribute.path().is_ident("resource")
}

/// The items of every `#[resource(..)]`.
pub(super) fn resource_items(attributes: &[Attribute]) -> impl Iterator<Item = Item> {
    attributes
        .iter()
        .filter(|attribute| is_resource(attribute))
        .filter_map(|attribute| match &attribute.meta {
            Meta::List(list) => Some(list.tokens.clone()),
            _ => None,
        })
        .flat_map(items)
}

fn items(tokens: TokenStream) -> impl Iterator<Item = Item> {
    parts(tokens).into_iter().filter_map(item_of)
}

/// An item, when the part begins with a key.
pub(super) fn item_of(part: TokenStream) -> Option<Item> {
    let mut tokens = part.into_iter();
    let key = word(tokens.next()?)?;
    let (mut parenthesized, mut value) = (None, TokenStream::new());
    match tokens.next() {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => {
            parenthesized = Some(group.stream());
        }
        Some(TokenTree::Punct(sign)) if sign.as_char() == '=' => value = tokens.collect(),
        _ => {}
    }
    Some(Item {
        key,
        parenthesized,
        value,
    })
}

/// What stands between commas; also between those inside `Pair::<u8, u8>`, which nothing that is half written tells apart.
pub(super) fn parts(tokens: TokenStream) -> Vec<TokenStream> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let parts = tokens.split(is_comma);
    parts.map(|part| part.iter().cloned().collect()).collect()
}

/// A word that can name something; one that Rust keeps for itself names what is called `r#type`.
fn word(token: TokenTree) -> Option<Ident> {
    let TokenTree::Ident(word) = token else {
        return None;
    };
    let is_name = |word: &Ident| syn::parse2::<Ident>(word.to_token_stream()).is_ok();
    if is_name(&word) {
        return Some(word);
    }
    let name = word.to_string();
    let is_never_a_name = ["_", "self", "Self", "super", "crate"].contains(&name.as_str());
    (!is_never_a_name).then(|| Ident::new_raw(&name, word.span()))
}

/// The first word of each part; a minus may stand before it.
pub(super) fn words(tokens: TokenStream) -> Vec<Ident> {
    let first = |part: TokenStream| part.into_iter().find_map(word);
    parts(tokens).into_iter().filter_map(first).collect()
}

/// A path, or as much of one as is there: `crate::hooks::`.
pub(super) fn path(tokens: TokenStream) -> Option<ExprPath> {
    let mut tokens: Vec<TokenTree> = tokens.into_iter().collect();
    while matches!(tokens.last(), Some(TokenTree::Punct(colon)) if colon.as_char() == ':') {
        tokens.pop();
    }
    syn::parse2(tokens.into_iter().collect()).ok()
}
