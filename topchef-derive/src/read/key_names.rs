//! The names of all keys, by the level that they belong to: a key on the wrong level is sent to the right one.
//!
//! It does not know what they mean.

/// The keys of a struct, in the order of the documentation.
pub(super) const STRUCT_KEYS: [&str; 9] = [
    "table",
    "url_prefix",
    "url_name",
    "methods",
    "rename_all",
    "serial_fields",
    "process_input",
    "before_commit",
    "after_commit",
];

/// The keys of a field, in the order of the documentation.
pub(super) const FIELD_KEYS: [&str; 6] = [
    "primary_key",
    "default",
    "max_length",
    "read_only",
    "write_only",
    "json",
];

/// The keys of an enum.
pub(super) const ENUM_KEYS: [&str; 1] = ["rename_all"];

/// The keys of a variant of an enum.
pub(super) const VARIANT_KEYS: [&str; 1] = ["rename"];
