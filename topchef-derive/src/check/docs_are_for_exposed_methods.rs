//! What is said of a method that does not exist would never be read.

use crate::diag::Problems;
use crate::model::Resource;

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    for doc in &resource.docs {
        if super::lacks(resource, &[doc.method.method]) {
            let name = &resource.name;
            let word = &doc.method.word;
            problems.at(
                word,
                format!(
                    "`{name}` has no method `{word}`; add it to `methods(..)`, or remove this text"
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn a_text_that_nobody_would_read_is_refused() {
        assert_eq!(
            problems! {
                #[resource(methods(get, list), doc(get = "Gets one.", post = "Adds one."))]
                struct Book { id: Uuid }
            },
            ["post: `Book` has no method `post`; add it to `methods(..)`, or remove this text"],
        );
    }
}
