//! The keys of a field.
//!
//! It does not know the field.

use darling::FromMeta;
use syn::{Attribute, Ident};

use super::attribute;
use super::flag::Flag;
use super::key::{Key, UnknownKeys, once, value_of};
use super::key_names::{FIELD_KEYS, STRUCT_KEYS};
use crate::diag::Problems;
use crate::model::{DefaultValue, Length};

/// What stands in the attributes, by key.
#[derive(Default, FromMeta)]
struct Receiver {
    #[darling(multiple)]
    primary_key: Vec<Key<Flag>>,
    #[darling(multiple)]
    default: Vec<Key<DefaultValue>>,
    #[darling(multiple)]
    max_length: Vec<Key<Length>>,
    #[darling(multiple)]
    read_only: Vec<Key<Flag>>,
    #[darling(multiple)]
    write_only: Vec<Key<Flag>>,
    #[darling(multiple)]
    json: Vec<Key<Flag>>,
    #[darling(flatten)]
    unknown: UnknownKeys,
}

/// What was written above a field; a flag is the word that sets it.
pub(crate) struct FieldKeys {
    pub(crate) primary_key: Option<Ident>,
    pub(crate) default: Option<DefaultValue>,
    pub(crate) max_length: Option<Length>,
    pub(crate) read_only: Option<Ident>,
    pub(crate) write_only: Option<Ident>,
    pub(crate) json: Option<Ident>,
    /// Whether something stands there that was not understood, and may have been meant as one of these.
    pub(crate) misread: bool,
}

impl FieldKeys {
    pub(super) fn read(name: &Ident, attributes: &[Attribute], problems: &mut Problems) -> Self {
        let (receiver, complete) = attribute::receive::<Receiver>(name, attributes, problems);
        receiver.unknown.report(
            ("a field", &FIELD_KEYS),
            ("a struct", &STRUCT_KEYS),
            problems,
        );
        Self {
            primary_key: flag(receiver.primary_key, problems),
            default: value_of(receiver.default, problems),
            max_length: value_of(receiver.max_length, problems),
            read_only: flag(receiver.read_only, problems),
            write_only: flag(receiver.write_only, problems),
            json: flag(receiver.json, problems),
            misread: !complete || !receiver.unknown.is_empty(),
        }
    }
}

fn flag(keys: Vec<Key<Flag>>, problems: &mut Problems) -> Option<Ident> {
    once(keys, problems).map(|key| key.word)
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn all_keys_are_read() {
        let problems = problems! {
            struct Book {
                #[resource(primary_key, default)]
                isbn: String,
                #[resource(max_length = 3, read_only)]
                title: String,
                #[resource(json, write_only, default = 3)]
                body: Body,
            }
        };
        assert!(problems.is_empty(), "{problems:?}");
    }

    #[test]
    fn an_unknown_key_is_an_error_on_the_key() {
        assert_eq!(
            problems! {
                struct Book {
                    id: Uuid,
                    #[resource(readonly, version, references = Author)]
                    title: String,
                }
            },
            [
                "readonly: unknown key `readonly`; did you mean `read_only`?",
                "version: unknown key `version`; a field takes `primary_key`, `default`, `max_length`, `read_only`, \
                 `write_only` and `json`",
                "references: unknown key `references`; a field takes `primary_key`, `default`, `max_length`, \
                 `read_only`, `write_only` and `json`",
            ],
        );
    }
}
