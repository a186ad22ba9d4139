//! `doc(post = "…", list = "…")`.
//!
//! It does not know which methods there are.

use super::by_method;
use super::key::{Form, Given, Value};
use crate::diag::Problems;
use crate::model::{Method, MethodDoc};

/// What the documentation says of methods.
#[derive(Default)]
pub(crate) struct Docs(pub(crate) Vec<MethodDoc>);

impl Value for Docs {
    fn read(given: Given<'_>, problems: &mut Problems) -> Option<Self> {
        match given.form {
            Form::List(tokens) if !tokens.is_empty() => {
                let docs = by_method::read(tokens, &Method::ALL, problems).into_iter();
                Some(Self(
                    docs.map(|(method, text)| MethodDoc { method, text })
                        .collect(),
                ))
            }
            _ => {
                given.is_wrong(
                    "`doc` takes a text for each method: write `doc(post = \"…\")`; \
                     what is said of the struct stands in its doc comment",
                    problems,
                );
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn a_text_is_for_a_method() {
        assert_eq!(
            problems! {
                #[resource(doc(post = "Orders a book.", lst = "All.", get = All, delete = "a", delete = "b"))]
                struct Book { id: Uuid }
            },
            [
                "lst: no method `lst`; did you mean `list`?",
                "All: `get` takes a text: write `get = \"…\"`",
                "delete: `delete` is given twice; keep one",
            ],
        );
        assert_eq!(
            problems! {
                #[resource(doc = "A book.")]
                struct Book { id: Uuid }
            },
            [
                "\"A book.\": `doc` takes a text for each method: write `doc(post = \"…\")`; \
                 what is said of the struct stands in its doc comment"
            ],
        );
    }
}
