//! `[..]`, and `Type[..]`.
//!
//! It does not know what stands inside.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// What stands in a pair of brackets, when that is all there is.
pub(super) fn in_brackets(tokens: &TokenStream) -> Option<TokenStream> {
    match last_group(tokens) {
        Some((before, inner)) if before.is_empty() => Some(inner),
        _ => None,
    }
}

/// What stands before a pair of brackets at the end, and what stands in it.
pub(super) fn last_group(tokens: &TokenStream) -> Option<(TokenStream, TokenStream)> {
    let mut tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    match tokens.pop() {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Bracket => {
            Some((tokens.into_iter().collect(), group.stream()))
        }
        _ => None,
    }
}
