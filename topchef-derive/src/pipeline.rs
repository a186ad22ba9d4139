//! The order of the stages: read, settle, check, and then the expansion, or the fallback beside all errors.
//!
//! It knows neither attributes nor what is generated.

use std::panic::{self, AssertUnwindSafe};

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::diag::Problems;
use crate::{check, expand, read, settle};

/// The stages between an item and its impls; what is wrong goes to the problems.
pub(crate) type Stages = fn(&DeriveInput, &mut Problems) -> TokenStream;

/// Derives `ModelResource`.
pub(crate) fn resource(item: TokenStream) -> TokenStream {
    guarded(|| derive(item, resource_stages))
}

/// Derives `ResourceEnum`.
pub(crate) fn enumeration(item: TokenStream) -> TokenStream {
    guarded(|| derive(item, enumeration_stages))
}

fn derive(item: TokenStream, stages: Stages) -> TokenStream {
    let input = match syn::parse2::<DeriveInput>(item) {
        Ok(input) => input,
        Err(error) => return error.into_compile_error(),
    };
    let mut problems = Problems::default();
    let impls = stages(&input, &mut problems);
    let errors = problems.into_compile_errors();
    quote!(#impls #errors)
}

pub(crate) fn resource_stages(input: &DeriveInput, problems: &mut Problems) -> TokenStream {
    let written = match read::resource(input, problems) {
        Ok(written) => written,
        Err(runtime) => return expand::no_resource(&input.ident, &input.generics, &runtime),
    };
    let resource = settle::resource(written);
    check::resource(&resource, problems);
    if problems.is_empty() {
        expand::resource(&resource)
    } else {
        expand::resource_with_errors(&resource)
    }
}

pub(crate) fn enumeration_stages(input: &DeriveInput, problems: &mut Problems) -> TokenStream {
    let with_errors =
        |runtime: &_| expand::enumeration_with_errors(&input.ident, &input.generics, runtime);
    let written = match read::enumeration(input, problems) {
        Ok(written) => written,
        Err(runtime) => return with_errors(&runtime),
    };
    let enumeration = settle::enumeration(written);
    check::enumeration(&enumeration, problems);
    if problems.is_empty() {
        expand::enumeration(&enumeration)
    } else {
        with_errors(&enumeration.runtime)
    }
}

/// Turns a panic into a compile error: a derive adds to the item, so the item stays as it is and the editor keeps working.
fn guarded(derive: impl FnOnce() -> TokenStream) -> TokenStream {
    panic::catch_unwind(AssertUnwindSafe(derive)).unwrap_or_else(|panic| {
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
    use insta::assert_snapshot;
    use quote::quote;

    use super::guarded;
    use crate::testing::{enum_expansion, expansion, problems};

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
    fn the_impls_stand_beside_the_errors() {
        let code = expansion! {
            #[resource(before_commit(get = never, post = stamp))]
            struct Book {
                id: Uuid,
                #[resource(max_length = 0, default = untitled)]
                title: String,
                #[resource(jsn)]
                body: Body,
                #[resource(references = Author, on_update = somebody)]
                author_id: Uuid,
            }
        };
        assert_snapshot!(code);
    }

    #[test]
    fn an_item_that_is_no_resource_still_gets_the_impls() {
        let code = expansion! {
            enum Shape<'a, T: Clone> where T: Copy { Round(&'a T) }
        };
        assert_snapshot!(code);
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
            assert!(code.contains("impl ::facade::topchef::"), "{code}");
            assert!(!code.contains("::topchef_runtime"), "{code}");
        }
    }

    #[test]
    fn without_a_place_for_the_runtime_there_are_only_errors() {
        for code in [
            expansion! {
                #[resource(crate = facade)]
                struct Book { id: Uuid }
            },
            expansion! {
                #[resource(crate = facade)]
                enum Shape { Round }
            },
            enum_expansion! {
                #[resource(crate = facade)]
                enum Status { Done }
            },
        ] {
            assert!(code.contains("`crate` takes a path"), "{code}");
            assert!(!code.contains("impl"), "{code}");
        }
    }

    #[test]
    fn the_smallest_resource() {
        let code = expansion! {
            struct Author {
                id: Uuid,
                first_name: String,
                last_name: String,
            }
        };
        assert_snapshot!(code);
    }

    #[test]
    fn the_book() {
        let code = expansion! {
            /// A book.
            #[resource(
                url_prefix = "/api",
                methods(get, list, post, put, patch, delete),
                rename_all = "camelCase",
                serial_fields(get = [id, title, label()], list = [id, title]),
                process_input(post = check_isbn, list = only_mine),
                before_commit(delete = Self::mark_inactive),
                after_commit(post = crate::jobs::submit_job, put(announce, best_effort)),
            )]
            pub struct Book {
                id: Uuid,
                /// The title.
                #[resource(max_length = 100)]
                title: String,
                #[resource(read_only, default = Utc::now)]
                created_at: DateTime<Utc>,
                #[resource(write_only)]
                secret: Option<String>,
                #[resource(json)]
                schema: Box<RawValue>,
            }
        };
        assert_snapshot!(code);
    }

    #[test]
    fn a_resource_with_defaults_of_every_kind() {
        let code = expansion! {
            /// One request that a server
            /// answered.
            #[resource(
                table = "log",
                url_prefix = "/internal/v1/",
                url_name = "requests",
                methods(list, post),
                rename_all = "SCREAMING-KEBAB-CASE",
                serial_fields = [key, r#type, r#match(), summary()],
            )]
            pub(crate) struct HttpLog {
                #[resource(primary_key, default = Uuid::now_v7)]
                key: Uuid,
                #[resource(default = "plain", max_length = 20)]
                r#type: String,
                #[resource(default = 200)]
                status_code: i32,
                #[resource(default = -1)]
                offset: Option<i64>,
                #[resource(default = "GET")]
                verb: Option<String>,
                #[resource(default = Self::USUAL)]
                level: Level,
                #[resource(default)]
                tx: bool,
                #[resource(default = 1 << 4)]
                row: u32,
                #[resource(json, default)]
                self_: Vec<Self>,
                #[resource(json, default = Headers::new)]
                headers: Headers,
                #[resource(json, default = Some(Note::from("x")))]
                note: Option<Note>,
            }
        };
        assert_snapshot!(code);
    }

    #[test]
    fn a_resource_with_relations() {
        let code = expansion! {
            #[resource(
                rename_all = "camelCase",
                serial_fields(get = [id, author, prequels], post = crate::Job[id, status()]),
                serial_field_relations(author = [first_name, full_name()], get(prequels = [id])),
                relations(
                    author(belongs_to = Author, by = author_id),
                    prequels(has_many = Self, by = sequel_id),
                    book_cover(has_one = covers::Cover, by = r#type),
                ),
                after_commit(post = submit),
                collection(filter = [author_id], order_by = [-author_id], page_size = 20),
                authorize = Self::librarians,
                envelope = "none",
                doc(post = "Orders a book."),
                crate = ::facade::topchef,
            )]
            struct Book {
                id: Uuid,
                author_id: Uuid,
                #[resource(index)]
                sequel_id: Option<Uuid>,
            }
        };
        assert_snapshot!(code);
    }

    #[test]
    fn a_resource_with_fields_of_every_kind() {
        let code = expansion! {
            #[resource(rename_all = "camelCase")]
            struct Copy {
                #[resource(primary_key, references = crate::Book)]
                book_id: Uuid,
                #[resource(primary_key)]
                number: i32,
                #[resource(column = "shelf_mark", rename = "mark", min_length = 2, max_length = 9, pattern = r"^[A-Z]\d+$", index)]
                shelf: String,
                #[resource(format = "uri", unique)]
                scan: Option<String>,
                #[resource(minimum = -1, maximum = 1.5)]
                weight: f64,
                #[resource(references = Self)]
                copy_of: Option<Uuid>,
                #[resource(read_only, default = Utc::now, on_update = Utc::now)]
                changed_at: DateTime<Utc>,
                #[resource(version)]
                version: i64,
                #[resource(skip)]
                cache: Cache,
            }
        };
        assert_snapshot!(code);
    }

    #[test]
    fn an_enum() {
        let code = enum_expansion! {
            #[resource(rename_all = "SCREAMING_SNAKE_CASE")]
            pub enum Status {
                Registered,
                InProgress,
                #[resource(rename = "DONE")]
                Finished,
            }
        };
        assert_snapshot!(code);
    }

    #[test]
    fn an_enum_with_errors_still_gets_the_impls() {
        let code = enum_expansion! {
            enum Status { Failed(String) }
        };
        assert_snapshot!(code);
    }

    #[test]
    fn a_panic_becomes_a_compile_error() {
        let tokens = guarded(|| unreachable!("no such thing"));
        assert!(tokens.to_string().contains("a bug in TopChef"), "{tokens}");
        assert!(tokens.to_string().contains("no such thing"), "{tokens}");
        assert_eq!(guarded(|| quote!(fine)).to_string(), "fine");
    }
}
