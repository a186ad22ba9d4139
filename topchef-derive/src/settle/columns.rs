//! A field as a column, or as none.
//!
//! It does not know the other fields.

use syn::ext::IdentExt;
use syn::{Ident, LitStr};

use super::{names, wire_name};
use crate::model::{Case, Column, Skipped};
use crate::read::WrittenField;

/// Settles one column: its own `rename` stands above `rename_all`.
pub(super) fn column(field: WrittenField, rename_all: Option<Case>) -> Column {
    let WrittenField {
        name,
        ty,
        doc,
        keys,
    } = field;
    let plain = name.unraw().to_string();
    Column {
        in_table: keys
            .column
            .unwrap_or_else(|| LitStr::new(&plain, name.span())),
        wire: keys
            .rename
            .as_ref()
            .map_or_else(|| wire_name(&plain, rename_all), LitStr::value),
        rename: keys.rename,
        constant: Ident::new(&names::constant(&plain), name.span()),
        name: plain,
        field: name,
        ty,
        doc,
        default: keys.default,
        max_length: keys.max_length,
        min_length: keys.min_length,
        minimum: keys.minimum,
        maximum: keys.maximum,
        pattern: keys.pattern,
        format: keys.format,
        references: keys.references,
        on_update: keys.on_update,
        unique: keys.unique,
        index: keys.index,
        read_only: keys.read_only,
        write_only: keys.write_only,
        version: keys.version,
        json: keys.json,
        misread: keys.misread,
    }
}

/// Settles a field that is no column.
pub(super) fn skipped(field: WrittenField) -> Skipped {
    Skipped {
        field: field.name,
        ty: field.ty,
        other_keys: field.keys.besides_skip,
    }
}
