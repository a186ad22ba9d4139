//! What an editor reads to complete, find and rename the words of attributes.
//!
//! It does not know whether anything is wrong.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::words::{runtime, without_self};
use crate::model::{Mention, Mentions};

/// Code that uses every word as what it names.
///
/// It stands before all other code: an editor that completes a word looks for the place of the completed text in the
/// expansion of what is written so far, so nothing before it may depend on whether something is wrong.
/// For the same reason each list ends with something of the shape of a word and at least as long: where no word is
/// written yet, that stands at the place where it will be.
/// All of it stands in constants, in which an editor looks for no mistakes of its own.
pub(super) fn expand(name: &Ident, mentions: &Mentions) -> TokenStream {
    let code = mentions.list.iter().map(|mention| match mention {
        Mention::Members(None, words) => own_members(name, &mentions.relations, words),
        Mention::Members(Some(of), words) => members(&without_self(of, name), words),
        Mention::Fields(None, words) => fields(&quote!(#name), words),
        Mention::Fields(Some(of), words) => fields(&without_self(of, name), words),
        Mention::Hook(path, arguments) => hook(&without_self(path, name), *arguments),
        Mention::Value(path) => value(&without_self(path, name)),
        Mention::Resource(path) => resource(&without_self(path, name)),
        Mention::Words(list, words) => plain_words(list, words),
    });
    code.collect()
}

/// Through a struct that has the relations and leads on to the fields and methods.
fn own_members(name: &Ident, relations: &[Ident], words: &[Ident]) -> TokenStream {
    let of_names = members(&quote!(__TopchefNames), words);
    quote! {
        const _: () = {
            struct __TopchefNames { #(#relations: (),)* }
            impl ::core::ops::Deref for __TopchefNames {
                type Target = #name;
                fn deref(&self) -> &#name {
                    loop {}
                }
            }
            #of_names
        };
    }
}

fn members(of: &TokenStream, words: &[Ident]) -> TokenStream {
    quote! {
        const _: fn(&#of) = |__topchef_record| {
            #(__topchef_record.#words;)*
            __topchef_record;
        };
    }
}

/// As the names in an expression of the struct, where no method can stand.
fn fields(of: &TokenStream, words: &[Ident]) -> TokenStream {
    quote! {
        const _: () = {
            type __Topchef = #of;
            type __TopchefWhereNoFieldIsNamed = #of;
            const _: fn() = || {
                #(let _ = __Topchef { #words: loop {}, ..loop {} };)*
                let _ = __TopchefWhereNoFieldIsNamed { ..loop {} };
            };
        };
    }
}

/// Called, so that an editor puts no call behind it.
fn hook(path: &TokenStream, arguments: usize) -> TokenStream {
    let arguments = (0..arguments).map(|_| quote!(loop {}));
    quote!(const _: fn() = || { let _ = #path(#(#arguments),*); };)
}

fn value(path: &TokenStream) -> TokenStream {
    quote!(const _: fn() = || { let _ = #path; };)
}

fn resource(path: &TokenStream) -> TokenStream {
    quote!(const _: ::core::option::Option<#path> = ::core::option::Option::None;)
}

fn plain_words(list: &str, words: &[Ident]) -> TokenStream {
    let (runtime, list) = (
        runtime(Span::call_site()),
        Ident::new(list, Span::call_site()),
    );
    quote! {
        #(use #runtime::words::#list::#words as _;)*
        use #runtime::words::#list::{};
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use crate::pipeline;
    use crate::reader::Reader;

    #[test]
    fn nothing_that_depends_on_errors_stands_before_it() {
        let without = quote! {
            #[resource(collection(filter = [title]))]
            struct Book { id: Uuid, title: String }
        };
        let with = quote! {
            #[resource(collection(filter = [titl]))]
            struct Book { id: Uuid, title: String }
        };
        let [without, with] =
            [without, with].map(|item| pipeline::resource(item, Reader::Editor).to_string());
        let length = without.find("titl").unwrap_or_default();
        assert!(length > 0);
        assert_eq!(without[..length], with[..length]);
        assert!(with.contains("compile_error"), "{with}");
    }
}
