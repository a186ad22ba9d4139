//! A record is read from a row that is gone afterwards, so it borrows nothing.

use syn::Type;

use crate::diag::Problems;
use crate::model::Resource;

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    // A struct with lifetimes has been refused for them.
    if resource.generics.lifetimes().next().is_some() {
        return;
    }
    for column in &resource.columns {
        let Some(ty) = column.not_owned() else {
            continue;
        };
        let name = &column.name;
        let (held, is_borrowed) = match ty {
            Type::Reference(reference) => (&*reference.elem, true),
            ty => (ty, false),
        };
        let owned = match held {
            Type::Path(path) if path.path.is_ident("str") => "`String`",
            Type::Slice(_) => "`Vec<..>`",
            Type::TraitObject(_) => "the type of the value itself",
            _ => "the type without `&`",
        };
        let otherwise = if is_borrowed {
            "would borrow"
        } else {
            "has no size of its own"
        };
        problems.at(
            ty,
            format!("a record owns what it holds, and `{name}` {otherwise}; write {owned}"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn a_reference_is_refused() {
        assert_eq!(
            problems! {
                struct Book {
                    id: Uuid,
                    title: &str,
                    subtitle: Option<&'static str>,
                    #[resource(json)]
                    tags: &'static Tags,
                    cover: &'static [u8],
                    body: str,
                    pages: Option<[u8]>,
                    reader: dyn Read,
                }
            }
            .iter()
            .map(|problem| problem.split_once(": ").map_or("", |(_, message)| message))
            .collect::<Vec<_>>(),
            [
                "a record owns what it holds, and `title` would borrow; write `String`",
                "a record owns what it holds, and `subtitle` would borrow; write `String`",
                "a record owns what it holds, and `tags` would borrow; write the type without `&`",
                "a record owns what it holds, and `cover` would borrow; write `Vec<..>`",
                "a record owns what it holds, and `body` has no size of its own; write `String`",
                "a record owns what it holds, and `pages` has no size of its own; write `Vec<..>`",
                "a record owns what it holds, and `reader` has no size of its own; write the type of the value itself",
            ],
        );
    }

    #[test]
    fn a_struct_with_a_lifetime_is_refused_for_that() {
        let problems = problems! {
            struct Book<'a> { id: Uuid, title: &'a str }
        };
        assert_eq!(problems.len(), 1, "{problems:?}");
    }
}
