//! The keys of a field.
//!
//! It does not know the field.

use darling::FromMeta;
use syn::{Attribute, ExprPath, Ident, LitStr};

use super::attribute;
use super::flag::Flag;
use super::key::{Key, UnknownKeys, once};
use super::key_names::{FIELD_KEYS, STRUCT_KEYS};
use super::on_update::OnUpdate;
use super::pattern::Pattern;
use super::references::Reference;
use crate::diag::Problems;
use crate::model::{Bound, DefaultValue, Format, Length};

/// What stands in the attributes, by key.
#[derive(Default, FromMeta)]
struct Receiver {
    #[darling(multiple)]
    primary_key: Vec<Key<Flag>>,
    #[darling(multiple)]
    column: Vec<Key<LitStr>>,
    #[darling(multiple)]
    rename: Vec<Key<LitStr>>,
    #[darling(multiple)]
    default: Vec<Key<DefaultValue>>,
    #[darling(multiple)]
    max_length: Vec<Key<Length>>,
    #[darling(multiple)]
    min_length: Vec<Key<Length>>,
    #[darling(multiple)]
    minimum: Vec<Key<Bound>>,
    #[darling(multiple)]
    maximum: Vec<Key<Bound>>,
    #[darling(multiple)]
    pattern: Vec<Key<Pattern>>,
    #[darling(multiple)]
    format: Vec<Key<Format>>,
    #[darling(multiple)]
    unique: Vec<Key<Flag>>,
    #[darling(multiple)]
    index: Vec<Key<Flag>>,
    #[darling(multiple)]
    references: Vec<Key<Reference>>,
    #[darling(multiple)]
    read_only: Vec<Key<Flag>>,
    #[darling(multiple)]
    write_only: Vec<Key<Flag>>,
    #[darling(multiple)]
    on_update: Vec<Key<OnUpdate>>,
    #[darling(multiple)]
    version: Vec<Key<Flag>>,
    #[darling(multiple)]
    json: Vec<Key<Flag>>,
    #[darling(multiple)]
    skip: Vec<Key<Flag>>,
    #[darling(flatten)]
    unknown: UnknownKeys,
}

/// What was written above a field; a flag is the word that sets it.
pub(crate) struct FieldKeys {
    pub(crate) primary_key: Option<Ident>,
    pub(crate) column: Option<LitStr>,
    pub(crate) rename: Option<LitStr>,
    pub(crate) default: Option<DefaultValue>,
    pub(crate) max_length: Option<Length>,
    pub(crate) min_length: Option<Length>,
    pub(crate) minimum: Option<Bound>,
    pub(crate) maximum: Option<Bound>,
    pub(crate) pattern: Option<LitStr>,
    pub(crate) format: Option<Format>,
    pub(crate) unique: Option<Ident>,
    pub(crate) index: Option<Ident>,
    pub(crate) references: Option<ExprPath>,
    pub(crate) read_only: Option<Ident>,
    pub(crate) write_only: Option<Ident>,
    pub(crate) on_update: Option<DefaultValue>,
    pub(crate) version: Option<Ident>,
    pub(crate) json: Option<Ident>,
    pub(crate) skip: Option<Ident>,
    /// The words of all keys but `skip`.
    pub(crate) besides_skip: Vec<Ident>,
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
        let skip = once(receiver.skip, problems).map(|key| key.word);
        let mut keys = Keys {
            words: Vec::new(),
            problems,
        };
        Self {
            primary_key: keys.flag(receiver.primary_key),
            column: keys.value(receiver.column),
            rename: keys.value(receiver.rename),
            default: keys.value(receiver.default),
            max_length: keys.value(receiver.max_length),
            min_length: keys.value(receiver.min_length),
            minimum: keys.value(receiver.minimum),
            maximum: keys.value(receiver.maximum),
            pattern: keys.value(receiver.pattern).map(|pattern| pattern.0),
            format: keys.value(receiver.format),
            unique: keys.flag(receiver.unique),
            index: keys.flag(receiver.index),
            references: keys.value(receiver.references).map(|reference| reference.0),
            read_only: keys.flag(receiver.read_only),
            write_only: keys.flag(receiver.write_only),
            on_update: keys.value(receiver.on_update).map(|update| update.0),
            version: keys.flag(receiver.version),
            json: keys.flag(receiver.json),
            skip,
            besides_skip: keys.words,
            misread: !complete || !receiver.unknown.is_empty(),
        }
    }
}

/// Takes the keys one after the other, and remembers which there were.
struct Keys<'a> {
    words: Vec<Ident>,
    problems: &'a mut Problems,
}

impl Keys<'_> {
    fn value<T>(&mut self, keys: Vec<Key<T>>) -> Option<T> {
        let key = once(keys, self.problems)?;
        self.words.push(key.word);
        key.value
    }

    fn flag(&mut self, keys: Vec<Key<Flag>>) -> Option<Ident> {
        let word = once(keys, self.problems)?.word;
        self.words.push(word.clone());
        Some(word)
    }
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
                #[resource(column = "sub", rename = "subTitle", min_length = 1, pattern = "^x", format = "uri")]
                subtitle: String,
                #[resource(minimum = 1, maximum = 2.5, index, on_update = 2.0)]
                weight: f64,
                #[resource(unique, references = Author)]
                author: Uuid,
                #[resource(version)]
                version: i64,
                #[resource(skip)]
                cache: Cache,
            }
        };
        assert!(problems.is_empty(), "{problems:?}");
    }

    #[test]
    fn an_unknown_key_is_an_error_on_the_key() {
        let all = "a field takes `primary_key`, `column`, `rename`, `default`, `max_length`, `min_length`, `minimum`, \
                   `maximum`, `pattern`, `format`, `unique`, `index`, `references`, `read_only`, `write_only`, \
                   `on_update`, `version`, `json` and `skip`";
        assert_eq!(
            problems! {
                struct Book {
                    id: Uuid,
                    #[resource(readonly, searchable, relation = Author)]
                    title: String,
                }
            },
            [
                "readonly: unknown key `readonly`; did you mean `read_only`?".to_owned(),
                format!("searchable: unknown key `searchable`; {all}"),
                format!("relation: unknown key `relation`; {all}"),
            ],
        );
    }
}
