//! `key = "text"`.
//!
//! It does not know what the text is for.

use syn::{Expr, ExprLit, Lit, LitStr};

use super::key::{Form, Given, Value};
use crate::diag::Problems;

impl Value for LitStr {
    fn read(given: Given<'_>, problems: &mut Problems) -> Option<Self> {
        if let Form::Value(Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        })) = given.form
        {
            return Some(text.clone());
        }
        let key = given.key;
        given.is_wrong(
            format!("`{key}` takes a text: write `{key} = \"…\"`"),
            problems,
        );
        None
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn a_text_is_in_quotes() {
        assert_eq!(
            problems! {
                #[resource(table = books, url_prefix, url_name("books"))]
                struct Book { id: Uuid }
            },
            [
                "books: `table` takes a text: write `table = \"…\"`",
                "url_prefix: `url_prefix` takes a text: write `url_prefix = \"…\"`",
                "\"books\": `url_name` takes a text: write `url_name = \"…\"`",
            ],
        );
    }
}
