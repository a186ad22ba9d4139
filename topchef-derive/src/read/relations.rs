//! `relations(author(belongs_to = Author, by = author_id))`.
//!
//! It does not know which fields there are, here or there.

use darling::FromMeta;
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Expr, ExprLit, ExprPath, Ident, Lit};

use super::attribute;
use super::key::{Form, Given, Key, UnknownKeys, Value, once};
use super::key_names::{RELATION_KEYS, STRUCT_KEYS};
use crate::diag::Problems;
use crate::model::RelationKind;

/// The relations of a struct, as written.
#[derive(Default)]
pub(crate) struct Relations(pub(crate) Vec<WrittenRelation>);

/// One relation.
pub(crate) struct WrittenRelation {
    pub(crate) name: Ident,
    /// Nothing, when it could not be read.
    pub(crate) link: Option<WrittenLink>,
}

/// What a relation leads to.
pub(crate) struct WrittenLink {
    pub(crate) kind: RelationKind,
    pub(crate) target: ExprPath,
    pub(crate) by: Ident,
}

/// What stands in the parentheses of a relation, by key.
#[derive(Default, FromMeta)]
struct Receiver {
    #[darling(multiple)]
    belongs_to: Vec<Key<ResourceName>>,
    #[darling(multiple)]
    has_many: Vec<Key<ResourceName>>,
    #[darling(multiple)]
    has_one: Vec<Key<ResourceName>>,
    #[darling(multiple)]
    by: Vec<Key<FieldName>>,
    #[darling(flatten)]
    unknown: UnknownKeys,
}

/// The path of a resource.
struct ResourceName(ExprPath);

/// The name of a field.
struct FieldName(Ident);

impl Value for Relations {
    fn read(given: Given<'_>, problems: &mut Problems) -> Option<Self> {
        let Form::List(tokens) = given.form else {
            given.is_wrong(
                "`relations` takes relations by their names: \
                 write `relations(author(belongs_to = Author, by = author_id))`",
                problems,
            );
            return None;
        };
        let items = attribute::items_of(
            tokens,
            "a relation is written `name(belongs_to = Type, by = key)`, or with `has_many` or `has_one`",
            problems,
        );
        let relations = items.list.iter().filter_map(|item| {
            let (path, form) = Form::of(item)?;
            relation(path, form, problems)
        });
        Some(Self(relations.collect()))
    }
}

fn relation(path: &syn::Path, form: Form<'_>, problems: &mut Problems) -> Option<WrittenRelation> {
    let Some(name) = path.get_ident() else {
        problems.at(
            path,
            "the name of a relation is one word; write it without `::`",
        );
        return None;
    };
    let given = Given { key: name, form };
    let link = match form {
        Form::List(tokens) => link(name, tokens, problems),
        Form::Word | Form::Value(_) | Form::Broken(_) => {
            given.is_wrong(
                format!("a relation is written `{name}(belongs_to = Type, by = key)`, or with `has_many` or `has_one`"),
                problems,
            );
            None
        }
    };
    Some(WrittenRelation {
        name: name.clone(),
        link,
    })
}

fn link(name: &Ident, tokens: &TokenStream, problems: &mut Problems) -> Option<WrittenLink> {
    let (receiver, complete) = attribute::receive_inside::<Receiver>(name, tokens, problems);
    receiver.unknown.report(
        ("a relation", &RELATION_KEYS),
        ("a struct", &STRUCT_KEYS),
        problems,
    );
    // Something that was not understood may have been meant as what is missing.
    let complete = complete && receiver.unknown.is_empty();
    let kinds = [
        (RelationKind::BelongsTo, receiver.belongs_to),
        (RelationKind::HasMany, receiver.has_many),
        (RelationKind::HasOne, receiver.has_one),
    ];
    let mut said = None;
    for (kind, keys) in kinds {
        let Some(key) = once(keys, problems) else {
            continue;
        };
        if said.is_some() {
            let word = &key.word;
            problems.at(
                word,
                format!("`{name}` has two kinds; keep one, or write `{word}` as a relation of another name"),
            );
        } else {
            said = Some((kind, key.value));
        }
    }
    let by = once(receiver.by, problems);
    if said.is_none() && complete {
        problems.at(
            name,
            format!("`{name}` does not say what it leads to; write `belongs_to = Type`, `has_many = Type` or `has_one = Type`"),
        );
    }
    if by.is_none() && complete {
        problems.at(name, no_key(name, said.as_ref()));
    }
    let (kind, target) = said?;
    Some(WrittenLink {
        kind,
        target: target?.0,
        by: by?.value?.0,
    })
}

fn no_key(name: &Ident, said: Option<&(RelationKind, Option<ResourceName>)>) -> String {
    match said {
        Some((RelationKind::HasMany | RelationKind::HasOne, Some(ResourceName(target)))) => {
            let target = target.to_token_stream().to_string().replace(' ', "");
            format!(
                "`{name}` does not say by which key; write `by = ..`, the field of `{target}` that names this record"
            )
        }
        _ => format!(
            "`{name}` does not say by which key; write `by = ..`, the field of this struct that names the other record"
        ),
    }
}

impl Value for ResourceName {
    fn read(given: Given<'_>, problems: &mut Problems) -> Option<Self> {
        let key = given.key;
        match given.form {
            Form::Value(Expr::Path(path)) => return Some(Self(path.clone())),
            Form::Value(Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            })) => {
                let text = text.value();
                given.is_wrong(
                    format!("write the resource without quotes: `{key} = {text}`"),
                    problems,
                );
            }
            _ => given.is_wrong(
                format!("`{key}` takes a resource: write `{key} = Type`"),
                problems,
            ),
        }
        None
    }
}

impl Value for FieldName {
    fn read(given: Given<'_>, problems: &mut Problems) -> Option<Self> {
        let key = given.key;
        match given.form {
            Form::Value(Expr::Path(path)) if path.path.get_ident().is_some() => {
                return path.path.get_ident().cloned().map(Self);
            }
            Form::Value(Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            })) => {
                let text = text.value();
                given.is_wrong(
                    format!("write the field without quotes: `{key} = {text}`"),
                    problems,
                );
            }
            _ => given.is_wrong(
                format!("`{key}` takes the name of a field: write `{key} = author_id`"),
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
    fn relations_are_read() {
        let problems = problems! {
            #[resource(relations(
                author(belongs_to = crate::Author, by = author_id),
                chapters(has_many = Chapter, by = book_id),
                cover(has_one = Cover, by = r#type),
                sequel(by = sequel_id, belongs_to = Self),
            ))]
            struct Book { id: Uuid, author_id: Uuid, sequel_id: Option<Uuid> }
        };
        assert!(problems.is_empty(), "{problems:?}");
    }

    #[test]
    fn a_relation_has_a_kind_and_a_key() {
        assert_eq!(
            problems! {
                #[resource(relations(
                    a,
                    b = Author,
                    c(),
                    d(belongs_to = Author),
                    e(has_many = other::Chapter),
                    f(by = author_id),
                    g(belong_to = Author, by = author_id),
                    h(belongs_to = Author, has_one = Cover, by = author_id),
                    i(has_one = Cover, has_one = Cover, by = book_id),
                    j(belongs_to = "Author", by = "author_id"),
                    k(belongs_to(Author), by = author.id),
                    l(table = "x"),
                    m::n(belongs_to = Author, by = author_id),
                ))]
                struct Book { id: Uuid, author_id: Uuid }
            },
            [
                "a: a relation is written `a(belongs_to = Type, by = key)`, or with `has_many` or `has_one`",
                "Author: a relation is written `b(belongs_to = Type, by = key)`, or with `has_many` or `has_one`",
                "c: `c` does not say what it leads to; write `belongs_to = Type`, `has_many = Type` or `has_one = Type`",
                "c: `c` does not say by which key; write `by = ..`, the field of this struct that names the other record",
                "d: `d` does not say by which key; write `by = ..`, the field of this struct that names the other record",
                "e: `e` does not say by which key; write `by = ..`, the field of `other::Chapter` that names this record",
                "f: `f` does not say what it leads to; write `belongs_to = Type`, `has_many = Type` or `has_one = Type`",
                "belong_to: unknown key `belong_to`; did you mean `belongs_to`?",
                "has_one: `h` has two kinds; keep one, or write `has_one` as a relation of another name",
                "has_one: `has_one` is given twice; keep one",
                "\"Author\": write the resource without quotes: `belongs_to = Author`",
                "\"author_id\": write the field without quotes: `by = author_id`",
                "Author: `belongs_to` takes a resource: write `belongs_to = Type`",
                "author.id: `by` takes the name of a field: write `by = author_id`",
                "table: `table` is a key of a struct, not of a relation; write it there",
                "m::n: the name of a relation is one word; write it without `::`",
            ],
        );
    }

    #[test]
    fn relations_stand_in_parentheses() {
        assert_eq!(
            problems! {
                #[resource(relations = [author])]
                struct Book { id: Uuid }
            },
            ["[author]: `relations` takes relations by their names: \
                 write `relations(author(belongs_to = Author, by = author_id))`"],
        );
    }
}
