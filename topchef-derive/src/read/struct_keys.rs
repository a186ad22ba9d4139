//! The keys of a struct.
//!
//! It does not know the struct's fields.

use darling::FromMeta;
use syn::{Attribute, ExprPath, Ident, LitStr};

use super::attribute;
use super::collection::WrittenCollection;
use super::docs::Docs;
use super::hooks::Hooks;
use super::key::{Key, UnknownKeys, value_of};
use super::key_names::{FIELD_KEYS, STRUCT_KEYS};
use super::relations::Relations;
use super::runtime::{self, Runtime};
use super::serial_field_relations::RelatedLists;
use super::serial_fields::SerialFields;
use crate::diag::Problems;
use crate::model::{Case, Envelope, Hook, MethodDoc, Methods, Phase, RuntimePath};

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
    serial_field_relations: Vec<Key<RelatedLists>>,
    #[darling(multiple)]
    relations: Vec<Key<Relations>>,
    #[darling(multiple)]
    process_input: Vec<Key<Hooks>>,
    #[darling(multiple)]
    before_commit: Vec<Key<Hooks>>,
    #[darling(multiple)]
    after_commit: Vec<Key<Hooks>>,
    #[darling(multiple)]
    collection: Vec<Key<WrittenCollection>>,
    #[darling(multiple)]
    authorize: Vec<Key<ExprPath>>,
    #[darling(multiple)]
    envelope: Vec<Key<Envelope>>,
    #[darling(multiple)]
    doc: Vec<Key<Docs>>,
    #[darling(multiple, rename = "crate")]
    runtime: Vec<Key<Runtime>>,
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
    pub(crate) related_lists: RelatedLists,
    pub(crate) relations: Relations,
    pub(crate) hooks: Vec<Hook>,
    pub(crate) collection: WrittenCollection,
    pub(crate) authorize: Option<ExprPath>,
    pub(crate) envelope: Option<Envelope>,
    pub(crate) docs: Vec<MethodDoc>,
    pub(crate) runtime: RuntimePath,
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
            related_lists: value_of(receiver.serial_field_relations, problems).unwrap_or_default(),
            relations: value_of(receiver.relations, problems).unwrap_or_default(),
            hooks: [
                (Phase::ProcessInput, receiver.process_input),
                (Phase::BeforeCommit, receiver.before_commit),
                (Phase::AfterCommit, receiver.after_commit),
            ]
            .into_iter()
            .filter_map(|(phase, keys)| Some(value_of(keys, problems)?.of(phase)))
            .flatten()
            .collect(),
            collection: value_of(receiver.collection, problems).unwrap_or_default(),
            authorize: value_of(receiver.authorize, problems),
            envelope: value_of(receiver.envelope, problems),
            docs: value_of(receiver.doc, problems).map_or_else(Vec::new, |docs| docs.0),
            runtime: runtime::path(receiver.runtime, problems),
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
            #[resource(relations(sequel(has_one = Self, by = id)), serial_field_relations(sequel = [id]))]
            #[resource(collection(filter = [id]), authorize = members, envelope = "none")]
            #[resource(doc(post = "Adds a book."), crate = ::facade)]
            struct Book { id: Uuid }
        };
        assert!(problems.is_empty(), "{problems:?}");
    }

    #[test]
    fn an_unknown_key_is_an_error_on_the_key() {
        assert_eq!(
            problems! {
                #[resource(url_prefx = "/api", shelf = 7)]
                struct Book { id: Uuid }
            },
            [
                "url_prefx: unknown key `url_prefx`; did you mean `url_prefix`?",
                "shelf: unknown key `shelf`; a struct takes `table`, `url_prefix`, `url_name`, `methods`, `rename_all`, \
                 `serial_fields`, `serial_field_relations`, `relations`, `process_input`, `before_commit`, \
                 `after_commit`, `collection`, `authorize`, `envelope`, `doc` and `crate`",
            ],
        );
    }
}
