//! The words that all expansions share: where the runtime is, where a token points, and what keeps lints quiet.
//!
//! It does not know what is expanded.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;

use crate::model::Method;

/// The crate that generated code calls.
pub(super) fn runtime(span: Span) -> TokenStream {
    quote_spanned!(span=> ::topchef_runtime)
}

/// The place of `node`, for generated tokens: what the compiler says about them lands there, and lints of the user's
/// own code still see that nobody wrote them.
pub(super) fn at(node: &impl Spanned) -> Span {
    Span::call_site().located_at(node.span())
}

/// A call of one of the runtime's private traits, which are there for what they say when they are not implemented.
///
/// It has the place of `node` from end to end, and as the user's own: what the compiler says is about `node` alone, and
/// does not mention the derive.
pub(super) fn ask(
    node: &impl ToTokens,
    (name, generics, function): (&str, &TokenStream, &str),
    arguments: &TokenStream,
) -> TokenStream {
    let mut places = node.to_token_stream().into_iter().map(|token| token.span());
    let first = places.next().unwrap_or_else(Span::call_site);
    let last = places.last().unwrap_or(first);
    let runtime = runtime(first);
    let name = Ident::new(name, first);
    let path = quote_spanned!(first=> #runtime::__private::#name #generics);
    let function = Ident::new(function, last);
    quote_spanned!(last=> #path::#function(#arguments))
}

/// The attributes of every impl.
pub(super) fn quietly() -> TokenStream {
    quote! {
        #[automatically_derived]
        #[allow(dead_code, deprecated, private_interfaces, unreachable_pub)]
    }
}

/// What the user wrote, with `Self` as the struct's name: inside a static there is no `Self`.
pub(super) fn without_self(written: &impl ToTokens, name: &Ident) -> TokenStream {
    replace_self(written.to_token_stream(), name)
}

fn replace_self(tokens: TokenStream, name: &Ident) -> TokenStream {
    tokens
        .into_iter()
        .map(|token| match token {
            TokenTree::Ident(word) if word == "Self" => {
                let mut name = name.clone();
                name.set_span(word.span());
                TokenTree::Ident(name)
            }
            TokenTree::Group(group) => {
                let mut replaced =
                    Group::new(group.delimiter(), replace_self(group.stream(), name));
                replaced.set_span(group.span());
                TokenTree::Group(replaced)
            }
            token => token,
        })
        .collect()
}

/// A method of the runtime.
pub(super) fn method(method: Method) -> TokenStream {
    let runtime = runtime(Span::call_site());
    let variant = match method {
        Method::Get => quote!(Get),
        Method::List => quote!(List),
        Method::Post => quote!(Post),
        Method::Put => quote!(Put),
        Method::Patch => quote!(Patch),
        Method::Delete => quote!(Delete),
    };
    quote!(#runtime::descriptor::Method::#variant)
}
