//! The keys of a struct.
//!
//! It does not know the struct's fields.

use darling::FromMeta;
use syn::{Attribute, Ident, LitStr};

use super::attribute;
use super::hooks::Hooks;
use super::key::{Key, UnknownKeys, value_of};
use super::key_names::{FIELD_KEYS, STRUCT_KEYS};
use super::serial_fields::SerialFields;
use crate::diag::Problems;
use crate::model::{Case, Hook, Methods, Phase};

/// What stands in the attributes, by key.
#[derive(Default, FromMeta)]
struct Receiver {
    #[darling(multiple)]
    table: Vec<Key<LitStr>>,
    #[darling(multiple)]
    url_prefix: Vec<Key<LitStr>>,
    #[darling(multiple)]
    url_name: Vec<Key<LitStr>>,
    #[darling(multiple)]
    methods: Vec<Key<Methods>>,
    #[darling(multiple)]
    rename_all: Vec<Key<Case>>,
    #[darling(multiple)]
    serial_fields: Vec<Key<SerialFields>>,
    #[darling(multiple)]
    process_input: Vec<Key<Hooks>>,
    #[darling(multiple)]
    before_commit: Vec<Key<Hooks>>,
    #[darling(multiple)]
    after_commit: Vec<Key<Hooks>>,
    #[darling(flatten)]
    unknown: UnknownKeys,
}

/// What was written above a struct.
pub(crate) struct StructKeys {
    pub(crate) table: Option<LitStr>,
    pub(crate) url_prefix: Option<LitStr>,
    pub(crate) url_name: Option<LitStr>,
    pub(crate) methods: Option<Methods>,
    pub(crate) rename_all: Option<Case>,
    pub(crate) serial_fields: Option<SerialFields>,
    pub(crate) hooks: Vec<Hook>,
}

impl StructKeys {
    pub(super) fn read(name: &Ident, attributes: &[Attribute], problems: &mut Problems) -> Self {
        let (receiver, _) = attribute::receive::<Receiver>(name, attributes, problems);
        receiver.unknown.report(
            ("a struct", &STRUCT_KEYS),
            ("a field", &FIELD_KEYS),
            problems,
        );
        Self {
            table: value_of(receiver.table, problems),
            url_prefix: value_of(receiver.url_prefix, problems),
            url_name: value_of(receiver.url_name, problems),
            methods: value_of(receiver.methods, problems),
            rename_all: value_of(receiver.rename_all, problems),
            serial_fields: value_of(receiver.serial_fields, problems),
            hooks: [
                (Phase::ProcessInput, receiver.process_input),
                (Phase::BeforeCommit, receiver.before_commit),
                (Phase::AfterCommit, receiver.after_commit),
            ]
            .into_iter()
            .filter_map(|(phase, keys)| Some(value_of(keys, problems)?.of(phase)))
            .flatten()
            .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn all_keys_are_read() {
        let problems = problems! {
            #[resource(table = "library", url_prefix = "/api", url_name = "works")]
            #[resource(methods(get, post), rename_all = "kebab-case", serial_fields = [id])]
            #[resource(process_input(get = f), before_commit(post = g), after_commit(post = h))]
            struct Book { id: Uuid }
        };
        assert!(problems.is_empty(), "{problems:?}");
    }

    #[test]
    fn an_unknown_key_is_an_error_on_the_key() {
        assert_eq!(
            problems! {
                #[resource(url_prefx = "/api", relations(author(belongs_to = Author)))]
                struct Book { id: Uuid }
            },
            [
                "url_prefx: unknown key `url_prefx`; did you mean `url_prefix`?",
                "relations: unknown key `relations`; a struct takes `table`, `url_prefix`, `url_name`, `methods`, \
                 `rename_all`, `serial_fields`, `process_input`, `before_commit` and `after_commit`",
            ],
        );
    }
}
