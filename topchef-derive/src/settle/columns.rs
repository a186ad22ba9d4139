//! A field as a column.
//!
//! It does not know the other fields.

use syn::Ident;
use syn::ext::IdentExt;

use super::{names, wire_name};
use crate::model::{Case, Column};
use crate::read::WrittenField;

/// Settles one column.
pub(super) fn column(field: WrittenField, rename_all: Option<Case>) -> Column {
    let WrittenField {
        name,
        ty,
        doc,
        keys,
    } = field;
    let plain = name.unraw().to_string();
    Column {
        wire: wire_name(&plain, rename_all),
        constant: Ident::new(&names::constant(&plain), name.span()),
        name: plain,
        field: name,
        ty,
        doc,
        default: keys.default,
        max_length: keys.max_length,
        read_only: keys.read_only,
        write_only: keys.write_only,
        json: keys.json,
        misread: keys.misread,
    }
}
