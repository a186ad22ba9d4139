//! The names of all keys, by the level that they belong to: a key on the wrong level is sent to the right one.
//!
//! It does not know what they mean.

/// The keys of a struct, in the order of the documentation.
pub(super) const STRUCT_KEYS: [&str; 16] = [
    "table",
    "url_prefix",
    "url_name",
    "methods",
    "rename_all",
    "serial_fields",
    "serial_field_relations",
    "relations",
    "process_input",
    "before_commit",
    "after_commit",
    "collection",
    "authorize",
    "envelope",
    "doc",
    "crate",
];

/// The keys of a relation.
pub(super) const RELATION_KEYS: [&str; 4] = ["belongs_to", "has_many", "has_one", "by"];

/// The keys of `collection(..)`.
pub(super) const COLLECTION_KEYS: [&str; 6] = [
    "filter",
    "sort",
    "order_by",
    "search",
    "page_size",
    "max_page_size",
];

/// The keys of a field, in the order of the documentation.
pub(super) const FIELD_KEYS: [&str; 19] = [
    "primary_key",
    "column",
    "rename",
    "default",
    "max_length",
    "min_length",
    "minimum",
    "maximum",
    "pattern",
    "format",
    "unique",
    "index",
    "references",
    "read_only",
    "write_only",
    "on_update",
    "version",
    "json",
    "skip",
];

/// The keys of an enum.
pub(super) const ENUM_KEYS: [&str; 2] = ["rename_all", "crate"];

/// The keys of a variant of an enum.
pub(super) const VARIANT_KEYS: [&str; 1] = ["rename"];

#[cfg(test)]
mod tests {
    use super::{COLLECTION_KEYS, ENUM_KEYS, FIELD_KEYS, RELATION_KEYS, STRUCT_KEYS, VARIANT_KEYS};
    use crate::model::Method;

    /// The words that editors complete.
    const WORDS: &str = include_str!("../../../topchef-runtime/src/__private/words.rs");

    /// The page that users read.
    const REFERENCE: &str = include_str!("../../../topchef-runtime/src/docs/attributes.md");

    #[test]
    fn every_key_has_a_section_in_the_reference() {
        let headings: Vec<_> = REFERENCE
            .lines()
            .filter(|line| line.starts_with("## "))
            .collect();
        for key in STRUCT_KEYS.iter().chain(&FIELD_KEYS) {
            let name = format!("`{key}`");
            let is_there = headings.iter().any(|heading| heading.contains(&name));
            assert!(is_there, "{name} has no section in docs/attributes.md");
        }
    }

    #[test]
    fn every_key_can_be_completed() {
        let methods = Method::ALL.map(Method::word);
        for (list, keys) in [
            ("of_a_struct", STRUCT_KEYS.as_slice()),
            ("of_a_field", &FIELD_KEYS),
            ("of_an_enum", &ENUM_KEYS),
            ("of_a_variant", &VARIANT_KEYS),
            ("of_a_relation", &RELATION_KEYS),
            ("of_a_collection", &COLLECTION_KEYS),
            ("methods", &methods),
            ("deliveries", &["best_effort"]),
        ] {
            let (_, words) = WORDS.split_once(&format!(" {list}:\n")).unwrap_or_default();
            let words: Vec<_> = words
                .lines()
                .take_while(|line| *line != "}")
                .filter_map(|line| line.split_whitespace().next())
                .collect();
            let keys = keys.iter().filter(|key| **key != "crate");
            assert_eq!(words, keys.copied().collect::<Vec<_>>(), "{list}");
        }
    }
}
