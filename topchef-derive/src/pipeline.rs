//! The order of the stages: read, settle, check, and then the expansion for its reader, or the fallback beside all errors.
//!
//! It knows neither attributes nor what is generated.

use std::panic::{self, AssertUnwindSafe};

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Generics, Ident};

use crate::diag::Problems;
use crate::model::RuntimePath;
use crate::reader::Reader;
use crate::{check, expand, read, settle};

/// The stages between an item and its impls; what is wrong goes to the problems.
pub(crate) type Stages = fn(&DeriveInput, Reader, &mut Problems) -> TokenStream;

/// Derives `ModelResource`.
pub(crate) fn resource(item: TokenStream, reader: Reader) -> TokenStream {
    derive(item, reader, resource_stages, expand::no_resource)
}

/// Derives `ResourceEnum`.
pub(crate) fn enumeration(item: TokenStream, reader: Reader) -> TokenStream {
    derive(
        item,
        reader,
        enumeration_stages,
        expand::enumeration_with_errors,
    )
}

/// The impls of an item of which nothing is known but its name, its generics and where the runtime is.
type Fallback = fn(&Ident, &Generics, &RuntimePath) -> TokenStream;

fn derive(item: TokenStream, reader: Reader, stages: Stages, fallback: Fallback) -> TokenStream {
    let input = match syn::parse2::<DeriveInput>(item) {
        Ok(input) => input,
        Err(error) => return error.into_compile_error(),
    };
    let mut problems = Problems::default();
    let impls = guarded(|| stages(&input, reader, &mut problems));
    let impls = impls.unwrap_or_else(|failure| {
        let impls = fallback(&input.ident, &input.generics, &RuntimePath::Usual);
        quote!(#impls #failure)
    });
    let errors = problems.into_compile_errors();
    quote!(#impls #errors)
}

pub(crate) fn resource_stages(
    input: &DeriveInput,
    reader: Reader,
    problems: &mut Problems,
) -> TokenStream {
    let written = match read::resource(input, problems) {
        Ok(written) => written,
        Err(runtime) => return expand::no_resource(&input.ident, &input.generics, &runtime),
    };
    let resource = settle::resource(written);
    check::resource(&resource, problems);
    match reader {
        Reader::Editor => expand::resource_in_editor(&resource, &read::mentions(input)),
        Reader::Compiler if problems.is_empty() => expand::resource(&resource),
        Reader::Compiler => expand::resource_with_errors(&resource),
    }
}

pub(crate) fn enumeration_stages(
    input: &DeriveInput,
    reader: Reader,
    problems: &mut Problems,
) -> TokenStream {
    let with_errors =
        |runtime: &_| expand::enumeration_with_errors(&input.ident, &input.generics, runtime);
    let in_editor = |runtime: &_| {
        let mentions = read::mentions(input);
        expand::enumeration_in_editor(&input.ident, &input.generics, runtime, &mentions)
    };
    let written = match read::enumeration(input, problems) {
        Ok(written) => written,
        Err(runtime) => return with_errors(&runtime),
    };
    let enumeration = settle::enumeration(written);
    check::enumeration(&enumeration, problems);
    match reader {
        Reader::Editor => in_editor(&enumeration.runtime),
        Reader::Compiler if problems.is_empty() => expand::enumeration(&enumeration),
        Reader::Compiler => with_errors(&enumeration.runtime),
    }
}

/// Turns a panic into a compile error: a derive adds to the item, so the item stays as it is and the editor keeps working.
fn guarded(stages: impl FnOnce() -> TokenStream) -> Result<TokenStream, TokenStream> {
    panic::catch_unwind(AssertUnwindSafe(stages)).map_err(|panic| {
        let reason = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("no reason given");
        let message = format!(
            "the derive itself failed, which is a bug in TopChef; please report it: {reason}"
        );
        quote!(::core::compile_error!(#message);)
    })
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::derive;
    use crate::expand;
    use crate::reader::Reader;
    use crate::testing::{enum_expansion, expansion, formatted, problems};

    #[test]
    fn everything_wrong_is_said_at_once_and_once() {
        assert_eq!(
            problems! {
                #[resource(tabel = "books", url_name = "/books", methods(get, pst), serial_fields(get = [titel, secret]))]
                #[resource(before_commit(get = f, post = "g"))]
                struct Book<T> {
                    id: Uuid,
                    #[resource(max_length = 0)]
                    title: String,
                    #[resource(write_only, read_only)]
                    secret: Option<String>,
                    #[resource(uniqe)]
                    body: T,
                }
            },
            [
                "<T>: a resource is one table, so `Book` cannot be generic; write the types out",
                "tabel: unknown key `tabel`; did you mean `table`?",
                "pst: no method `pst`; did you mean `post`?",
                "\"g\": write the path without quotes: `post = g`",
                "uniqe: unknown key `uniqe`; did you mean `unique`?",
                "\"/books\": `url_name` is the last part of the URL and has no `/`; write `url_prefix = \"/\", url_name = \"books\"`",
                "write_only: `secret` cannot be both read-only and write-only; remove one",
                "0: `max_length` counts characters; write 1 or more",
                "titel: no field `titel` in `Book`; did you mean `title`?",
                "secret: `secret` is write-only and never goes out; remove it here, or remove `write_only`",
                "get: a `get` commits nothing; `before_commit` is for `post`, `put`, `patch` and `delete`",
            ],
        );
    }

    #[test]
    fn an_item_that_is_no_resource_has_the_runtime_where_it_is() {
        for code in [
            expansion! {
                #[resource(crate = ::facade::topchef)]
                enum Shape { Round }
            },
            enum_expansion! {
                #[resource(crate = ::facade::topchef)]
                struct Status { id: Uuid }
            },
        ] {
            assert!(code.contains("use ::facade::topchef::__private"), "{code}");
            assert!(!code.contains("::topchef_runtime"), "{code}");
        }
    }

    #[test]
    fn a_wrong_place_for_the_runtime_is_taken_for_what_was_meant() {
        for (code, meant) in [
            (
                expansion! {
                    #[resource(crate = facade)]
                    struct Book { id: Uuid }
                },
                "::facade",
            ),
            (
                expansion! {
                    #[resource(crate = "facade::topchef")]
                    enum Shape { Round }
                },
                "::facade::topchef",
            ),
            (
                enum_expansion! {
                    #[resource(crate = super::facade)]
                    enum Status { Done }
                },
                "super::facade",
            ),
            (
                enum_expansion! {
                    #[resource(crate = 5)]
                    enum Status { Done }
                },
                "::topchef_runtime",
            ),
        ] {
            assert!(code.contains("`crate` takes a path"), "{code}");
            let taken = format!("use {meant}::__private as __topchef;");
            assert!(code.contains(&taken), "{taken} is not in {code}");
        }
    }

    #[test]
    fn a_panic_becomes_an_error_beside_the_impls_and_the_errors_before_it() {
        let code = derive(
            quote!(
                struct Book {
                    id: Uuid,
                }
            ),
            Reader::Compiler,
            |input, _, problems| {
                problems.at(&input.ident, "this is wrong too");
                unreachable!("no such thing")
            },
            expand::no_resource,
        );
        let code = formatted(code);
        for part in [
            "a bug in TopChef",
            "no such thing",
            "this is wrong too",
            "impl __topchef::ModelResource for Book",
            "impl __topchef::Hooked for Book",
        ] {
            assert!(code.contains(part), "{part} is not in {code}");
        }
    }
}
