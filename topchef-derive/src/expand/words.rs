//! The words that all expansions share: where the runtime is, where a token points, and what keeps lints quiet.
//!
//! It does not know what is expanded.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;

use crate::model::{Method, RuntimePath};

/// What stands for the path of the runtime until [`with_runtime`] puts it in.
const RUNTIME: &str = "__topchef_runtime";

/// The crate that generated code calls.
pub(super) fn runtime(span: Span) -> TokenStream {
    Ident::new(RUNTIME, span).into_token_stream()
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
    let (first, last) = ends(node);
    let runtime = runtime(first);
    let name = Ident::new(name, first);
    let path = quote_spanned!(first=> #runtime::__private::#name #generics);
    let function = Ident::new(function, last);
    quote_spanned!(last=> #path::#function(#arguments))
}

/// The places of the first and of the last token: code that begins and ends there is `node` to the compiler, from end
/// to end.
pub(super) fn ends(node: &impl ToTokens) -> (Span, Span) {
    let mut places = node.to_token_stream().into_iter().map(|token| token.span());
    let first = places.next().unwrap_or_else(Span::call_site);
    (first, places.last().unwrap_or(first))
}

/// The attributes of every impl.
pub(super) fn quietly() -> TokenStream {
    quote! {
        #[automatically_derived]
        #[allow(dead_code, deprecated, private_interfaces, unreachable_pub)]
    }
}

/// The attribute of every check that stands apart: a deprecated struct is warned of where somebody uses it.
pub(super) fn unwarned() -> TokenStream {
    quote!(#[allow(deprecated)])
}

/// That one field can refer to `target`, whose primary key is `key`; said of the last word of `target`.
pub(super) fn held_by_one_field(target: &TokenStream, key: &TokenStream) -> TokenStream {
    let last = target.clone().into_iter().last();
    let span = last.as_ref().map_or_else(Span::call_site, TokenTree::span);
    let name = last.map_or_else(String::new, |last| last.to_string());
    let message =
        format!("the primary key of `{name}` is of several columns; one field cannot refer to it");
    let runtime = runtime(span);
    let unwarned = unwarned();
    quote_spanned! {span=>
        #unwarned
        const _: () = ::core::assert!(#runtime::__private::is_held_by_one_field(#key), #message);
    }
}

/// What the user wrote, with `Self` as the struct's name: inside a constant there is no `Self`.
pub(super) fn without_self(written: &impl ToTokens, name: &Ident) -> TokenStream {
    replace(written.to_token_stream(), &|word| {
        let mut name = name.clone();
        name.set_span(word.span());
        (word == "Self").then(|| name.into_token_stream())
    })
}

/// Code with other tokens in place of some words.
fn replace(code: TokenStream, by: &impl Fn(&Ident) -> Option<TokenStream>) -> TokenStream {
    let mut replaced = TokenStream::new();
    for token in code {
        match token {
            TokenTree::Ident(word) => match by(&word) {
                Some(other) => replaced.extend(other),
                None => replaced.extend([TokenTree::Ident(word)]),
            },
            TokenTree::Group(group) => {
                let mut whole = Group::new(group.delimiter(), replace(group.stream(), by));
                whole.set_span(group.span());
                replaced.extend([TokenTree::Group(whole)]);
            }
            token => replaced.extend([token]),
        }
    }
    replaced
}

/// Code with the runtime where it is; no code when nobody knows where that is, and that was said.
///
/// That is put in afterwards, and not handed to every expansion, because nothing else depends on it.
pub(super) fn with_runtime(path: &RuntimePath, code: TokenStream) -> TokenStream {
    let path: &dyn Fn(Span) -> TokenStream = match path {
        RuntimePath::Usual => &|span| quote_spanned!(span=> ::topchef_runtime),
        RuntimePath::At(path) => &|span| placed(path, span),
        RuntimePath::Misread => return TokenStream::new(),
    };
    replace(code, &|word| (word == RUNTIME).then(|| path(word.span())))
}

/// A path with all its tokens at one place; what `$crate` means stays.
pub(super) fn placed(path: &impl ToTokens, span: Span) -> TokenStream {
    path.to_token_stream()
        .into_iter()
        .map(|mut token| {
            token.set_span(token.span().located_at(span));
            token
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

#[cfg(test)]
mod tests {
    use quote::quote;
    use syn::parse_quote;

    use super::{runtime, with_runtime};
    use crate::model::RuntimePath;

    #[test]
    fn the_runtime_is_put_in_where_it_is() {
        let runtime = runtime(proc_macro2::Span::call_site());
        let code =
            quote!(fn f(x: #runtime::A) -> ::topchef_runtime::B { [<u8 as #runtime::C>::D] });
        assert_eq!(
            with_runtime(&RuntimePath::Usual, code.clone()).to_string(),
            quote!(
                fn f(x: ::topchef_runtime::A) -> ::topchef_runtime::B {
                    [<u8 as ::topchef_runtime::C>::D]
                }
            )
            .to_string()
        );
        let facade = RuntimePath::At(Box::new(parse_quote!(crate::facade)));
        assert_eq!(
            with_runtime(&facade, code.clone()).to_string(),
            quote!(
                fn f(x: crate::facade::A) -> ::topchef_runtime::B {
                    [<u8 as crate::facade::C>::D]
                }
            )
            .to_string()
        );
        assert!(with_runtime(&RuntimePath::Misread, code).is_empty());
    }
}
