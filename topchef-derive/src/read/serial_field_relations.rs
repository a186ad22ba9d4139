//! `serial_field_relations(author = [first_name, books])` and `serial_field_relations(get(author = [..]))`.
//!
//! It does not know which relations there are.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Ident, Path};

use super::attribute;
use super::key::{Form, Given, Value, given_twice};
use super::methods::named;
use super::serial_fields::SerialList;
use crate::diag::{Problems, is_near};
use crate::model::{ListedMethod, Method, SerialName};

/// The fields of related records, as written.
#[derive(Default)]
pub(crate) struct RelatedLists(pub(crate) Vec<WrittenRelatedList>);

/// The fields of one relation's records.
pub(crate) struct WrittenRelatedList {
    /// The one method that it is for; nothing, when it is for all that have no list of their own.
    pub(crate) method: Option<ListedMethod>,
    /// The word that names the relation.
    pub(crate) relation: Ident,
    pub(crate) names: Vec<SerialName>,
}

impl Value for RelatedLists {
    fn read(given: Given<'_>, problems: &mut Problems) -> Option<Self> {
        let tokens = match given.form {
            Form::List(tokens) if !tokens.is_empty() => tokens,
            _ => {
                given.is_wrong(
                    "write `serial_field_relations(author = [..])` for all methods, \
                     or `serial_field_relations(get(author = [..]))`",
                    problems,
                );
                return None;
            }
        };
        let mut lists = Self::default();
        let mut seen = Vec::new();
        for item in attribute::items_of(tokens, RELATION_FIRST, problems).list {
            match Form::of(&item) {
                Some((path, Form::List(inner))) => {
                    let Some(method) = method(path, problems) else {
                        continue;
                    };
                    if seen.contains(&method.method) {
                        given_twice(&method.word, problems);
                        continue;
                    }
                    seen.push(method.method);
                    lists.of_method(&method, inner, problems);
                }
                Some((path, form)) => lists.add(None, path, form, problems),
                None => {}
            }
        }
        Some(lists)
    }
}

/// What a bare value lacks.
const RELATION_FIRST: &str = "the fields of a relation are written `author = [..]`";

/// The method before a pair of parentheses; what resembles none is taken for a relation.
fn method(path: &Path, problems: &mut Problems) -> Option<ListedMethod> {
    let methods = Method::ALL.map(Method::word);
    let word = path.to_token_stream().to_string().replace(' ', "");
    if is_near(&word, &methods) {
        return named(path, &Method::WITH_FIELDS, problems);
    }
    problems.at(
        path,
        format!(
            "parentheses stand after a method, which `{word}` is not; \
             the fields of a relation are written `{word} = [..]`"
        ),
    );
    None
}

impl RelatedLists {
    fn of_method(&mut self, method: &ListedMethod, tokens: &TokenStream, problems: &mut Problems) {
        for item in attribute::items_of(tokens, RELATION_FIRST, problems).list {
            if let Some((path, form)) = Form::of(&item) {
                self.add(Some(method), path, form, problems);
            }
        }
    }

    fn add(
        &mut self,
        method: Option<&ListedMethod>,
        path: &Path,
        form: Form<'_>,
        problems: &mut Problems,
    ) {
        let Some(relation) = path.get_ident() else {
            problems.at(
                path,
                "the name of a relation is one word; write it without `::`",
            );
            return;
        };
        let of = |method: Option<&ListedMethod>| method.map(|listed| listed.method);
        let is_repeated = self
            .0
            .iter()
            .any(|list| list.relation == *relation && of(list.method.as_ref()) == of(method));
        if is_repeated {
            given_twice(relation, problems);
            return;
        }
        let given = Given {
            key: relation,
            form,
        };
        if let Some(SerialList(names)) = SerialList::read(given, problems) {
            self.0.push(WrittenRelatedList {
                method: method.cloned(),
                relation: relation.clone(),
                names,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn lists_are_for_all_methods_or_for_one() {
        let problems = problems! {
            #[resource(
                relations(author(belongs_to = Author, by = author_id), get(has_one = Cover, by = book_id)),
                serial_field_relations(author = [first_name, full_name()], get = [id], list(author = [id], get = [id])),
            )]
            struct Book { id: Uuid, author_id: Uuid }
        };
        assert!(problems.is_empty(), "{problems:?}");
    }

    #[test]
    fn what_is_no_list_is_refused_where_it_stands() {
        assert_eq!(
            problems! {
                #[resource(
                    relations(author(belongs_to = Author, by = author_id)),
                    serial_field_relations(
                        author = first_name,
                        author = [id],
                        author = [id],
                        gte(author = [id]),
                        get(author, author = [7], a::b = [id]),
                        get(author = [id]),
                        a::b = [id],
                    ),
                )]
                struct Book { id: Uuid, author_id: Uuid }
            },
            [
                "first_name: `author` takes a list: write `author = [..]`",
                "author: `author` is given twice; keep one",
                "gte: no method `gte`; did you mean `get`?",
                "author: `author` takes a list: write `author = [..]`",
                "7: a field is written `name`, and a method of the struct `name()`",
                "a::b: the name of a relation is one word; write it without `::`",
                "get: `get` is given twice; keep one",
                "a::b: the name of a relation is one word; write it without `::`",
            ],
        );
        assert_eq!(
            problems! {
                #[resource(serial_field_relations = [id])]
                struct Book { id: Uuid }
            },
            [
                "[id]: write `serial_field_relations(author = [..])` for all methods, \
                 or `serial_field_relations(get(author = [..]))`"
            ],
        );
    }
}
