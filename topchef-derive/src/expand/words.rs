//! The words that all expansions share: what the runtime is called, where a token points, and what keeps lints quiet.
//!
//! It does not know what is expanded.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;

use crate::model::{Method, RuntimePath};

/// What the runtime's part for generated code is called inside the block of [`in_block`].
const RUNTIME: &str = "__topchef";

/// The runtime's part for generated code.
pub(super) fn runtime(span: Span) -> Ident {
    Ident::new(RUNTIME, span)
}

/// Code in a block of its own, in which the runtime has a short name, which adds no name to the module, and of which no
/// lint warns: a deprecated struct, say, is warned of where somebody uses it.
pub(super) fn in_block(path: &RuntimePath, code: &TokenStream) -> TokenStream {
    let runtime = runtime(Span::call_site());
    let taken = match path {
        RuntimePath::Usual => quote!(use ::topchef_runtime::__private as #runtime;),
        RuntimePath::At(path) => {
            // In the path's place from end to end: when there is no runtime, it is about the path.
            let (first, last) = ends(path);
            let (keyword, mut name) = (quote_spanned!(first=> use), runtime);
            name.set_span(last);
            let rest = quote_spanned!(last=> ::__private as #name;);
            quote!(#keyword #path #rest)
        }
    };
    quote! {
        #[allow(dead_code, deprecated, private_interfaces, unreachable_pub, unused_qualifications)]
        const _: () = {
            #taken

            #code
        };
    }
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
    let path = quote_spanned!(first=> #runtime::#name #generics);
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

/// What the user wrote, with `Self` as the struct's name: inside a constant there is no `Self`.
pub(super) fn without_self(written: &impl ToTokens, name: &Ident) -> TokenStream {
    let tokens = written.to_token_stream().into_iter();
    let named = tokens.map(|token| match token {
        TokenTree::Ident(word) if word == "Self" => {
            let mut name = name.clone();
            name.set_span(word.span());
            TokenTree::Ident(name)
        }
        TokenTree::Group(group) => {
            let inner = without_self(&group.stream(), name);
            let mut whole = Group::new(group.delimiter(), inner);
            whole.set_span(group.span());
            TokenTree::Group(whole)
        }
        token => token,
    });
    named.collect()
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

/// A field of a struct that is a list, when there is something in it; what is left out is as in the rest of the struct.
pub(super) fn unless_empty(name: &str, list: &[TokenStream]) -> Option<TokenStream> {
    let name = Ident::new(name, Span::call_site());
    (!list.is_empty()).then(|| quote!(#name: &[#(#list),*],))
}

/// From where the fields of a struct come that were left out; nothing when none was.
pub(super) fn rest(fields: &[&Option<TokenStream>], base: &TokenStream) -> Option<TokenStream> {
    let is_left_out = fields.iter().any(|field| field.is_none());
    is_left_out.then(|| quote!(..#base))
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
    quote!(#runtime::Method::#variant)
}

#[cfg(test)]
mod tests {
    use quote::quote;
    use syn::parse_quote;

    use super::in_block;
    use crate::model::RuntimePath;

    #[test]
    fn the_runtime_is_taken_from_where_it_is() {
        let code = quote!(impl __topchef::A for B {});
        let block = |path| in_block(&path, &code).to_string();
        let usual = quote!(use ::topchef_runtime::__private as __topchef; #code);
        assert!(block(RuntimePath::Usual).contains(&usual.to_string()));
        let facade = quote!(use crate::facade::__private as __topchef; #code);
        let at_facade = RuntimePath::At(Box::new(parse_quote!(crate::facade)));
        assert!(block(at_facade).contains(&facade.to_string()));
    }
}
