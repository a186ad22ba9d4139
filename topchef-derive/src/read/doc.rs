//! Doc comments as text.
//!
//! It does not read Markdown.

use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// The lines of all doc comments, without the space that `///` is followed by.
pub(super) fn text(attributes: &[Attribute]) -> String {
    let comments: Vec<String> = attributes.iter().filter_map(comment).collect();
    let lines: Vec<&str> = comments
        .iter()
        .flat_map(|comment| comment.split('\n'))
        .map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end())
        .collect();
    lines.join("\n").trim().to_owned()
}

fn comment(attribute: &Attribute) -> Option<String> {
    match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::text;

    #[test]
    fn comments_are_joined_by_line() {
        let item: syn::ItemStruct = parse_quote! {
            /// A book.
            ///
            ///   * indented
            #[doc = include_str!("more.md")]
            #[doc(hidden)]
            #[derive(Clone)]
            struct Book;
        };
        assert_eq!(text(&item.attrs), "A book.\n\n  * indented");
        assert_eq!(text(&[]), "");
    }
}
