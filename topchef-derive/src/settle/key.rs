//! The primary key.
//!
//! It does not know how many columns a key may have.

use syn::Ident;
use syn::ext::IdentExt;

use crate::model::KeyColumn;
use crate::read::WrittenField;

/// The fields marked `primary_key`; without one, the field `id`.
pub(super) fn columns(fields: &[WrittenField]) -> Vec<KeyColumn> {
    let marked = columns_where(fields, |field| field.keys.primary_key.as_ref());
    if marked.is_empty() {
        columns_where(fields, |field| {
            Some(&field.name).filter(|name| name.unraw() == "id")
        })
    } else {
        marked
    }
}

fn columns_where(
    fields: &[WrittenField],
    word: impl Fn(&WrittenField) -> Option<&Ident>,
) -> Vec<KeyColumn> {
    fields
        .iter()
        .enumerate()
        .filter_map(|(index, field)| {
            Some(KeyColumn {
                index,
                word: word(field)?.clone(),
            })
        })
        .collect()
}
