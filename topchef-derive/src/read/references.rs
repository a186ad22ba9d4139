//! `references = Author`.
//!
//! It does not know whether that is a resource.

use syn::{Expr, ExprLit, ExprPath, Lit};

use super::key::{Form, Given, Value};
use crate::diag::Problems;

/// The struct of a resource.
pub(super) struct Reference(pub(super) ExprPath);

impl Value for Reference {
    fn read(given: Given<'_>, problems: &mut Problems) -> Option<Self> {
        match given.form {
            Form::Value(Expr::Path(path)) => return Some(Self(path.clone())),
            Form::Value(Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            })) => {
                let name = text.value();
                given.is_wrong(
                    format!("write the struct without quotes: `references = {name}`"),
                    problems,
                );
            }
            _ => given.is_wrong(
                "`references` takes the struct of a resource: write `references = Author`",
                problems,
            ),
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn a_reference_is_the_name_of_a_struct() {
        assert_eq!(
            problems! {
                struct Book {
                    id: Uuid,
                    #[resource(references = "Author")]
                    author_id: Uuid,
                    #[resource(references)]
                    editor_id: Uuid,
                    #[resource(references(Author))]
                    reader_id: Uuid,
                    #[resource(references = Author::ID())]
                    owner_id: Uuid,
                    #[resource(references = crate::people::Author)]
                    thief_id: Option<Uuid>,
                }
            },
            [
                "\"Author\": write the struct without quotes: `references = Author`",
                "references: `references` takes the struct of a resource: write `references = Author`",
                "Author: `references` takes the struct of a resource: write `references = Author`",
                "Author::ID(): `references` takes the struct of a resource: write `references = Author`",
            ],
        );
    }
}
