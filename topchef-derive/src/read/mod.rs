//! What the user wrote, with the word of every part kept.
//!
//! It fills in no default and asks no rule; what cannot be read is said here, and the rest is read all the same.

mod attribute;
mod bound;
mod brackets;
mod by_method;
mod collection;
mod default;
mod delivery;
mod doc;
mod docs;
mod enum_keys;
mod envelope;
mod field_keys;
mod flag;
mod format;
mod hooks;
mod key;
mod key_names;
mod length;
mod lenient;
mod mentions;
mod methods;
mod on_update;
mod pattern;
mod references;
mod relations;
mod rename_all;
mod runtime;
mod serial_field_relations;
mod serial_fields;
mod shape;
mod struct_keys;
mod text;

use syn::{DeriveInput, Generics, Ident, Type, Visibility};

pub(crate) use self::collection::{WrittenCollection, WrittenColumn};
pub(crate) use self::enum_keys::{EnumKeys, VariantKeys};
pub(crate) use self::field_keys::FieldKeys;
pub(crate) use self::mentions::mentions;
pub(crate) use self::relations::{Relations, WrittenLink, WrittenRelation};
pub(crate) use self::serial_field_relations::{RelatedLists, WrittenRelatedList};
pub(crate) use self::serial_fields::{SerialFields, SerialList};
pub(crate) use self::struct_keys::StructKeys;

use crate::diag::Problems;
use crate::model::RuntimePath;

/// A struct as it was written.
pub(crate) struct WrittenResource {
    pub(crate) name: Ident,
    pub(crate) visibility: Visibility,
    pub(crate) generics: Generics,
    pub(crate) doc: String,
    pub(crate) keys: StructKeys,
    pub(crate) fields: Vec<WrittenField>,
}

/// A field as it was written.
pub(crate) struct WrittenField {
    pub(crate) name: Ident,
    pub(crate) ty: Type,
    pub(crate) doc: String,
    pub(crate) keys: FieldKeys,
}

/// An enum as it was written.
pub(crate) struct WrittenEnumeration {
    pub(crate) name: Ident,
    pub(crate) keys: EnumKeys,
    pub(crate) variants: Vec<WrittenVariant>,
}

/// A variant as it was written.
pub(crate) struct WrittenVariant {
    pub(crate) name: Ident,
    pub(crate) keys: VariantKeys,
}

/// Reads a struct; only where the runtime is, when the item is of another shape.
pub(crate) fn resource(
    input: &DeriveInput,
    problems: &mut Problems,
) -> Result<WrittenResource, RuntimePath> {
    let fields = shape::named_fields(input, problems);
    shape::no_generics(input, problems);
    let keys = StructKeys::read(&input.ident, &input.attrs, problems);
    let Some(fields) = fields else {
        return Err(keys.runtime);
    };
    let fields = fields
        .named
        .iter()
        .filter_map(|field| {
            let name = field.ident.clone()?;
            let keys = FieldKeys::read(&name, &field.attrs, problems);
            Some(WrittenField {
                name,
                ty: field.ty.clone(),
                doc: doc::text(&field.attrs),
                keys,
            })
        })
        .collect();
    Ok(WrittenResource {
        name: input.ident.clone(),
        visibility: input.vis.clone(),
        generics: input.generics.clone(),
        doc: doc::text(&input.attrs),
        keys,
        fields,
    })
}

/// Reads an enum; only where the runtime is, when the item is of another shape.
pub(crate) fn enumeration(
    input: &DeriveInput,
    problems: &mut Problems,
) -> Result<WrittenEnumeration, RuntimePath> {
    let variants = shape::variants(input, problems);
    shape::no_generics(input, problems);
    let keys = EnumKeys::read(&input.ident, &input.attrs, problems);
    let Some(variants) = variants else {
        return Err(keys.runtime);
    };
    let variants = variants
        .iter()
        .map(|variant| {
            shape::no_fields(variant, problems);
            WrittenVariant {
                name: variant.ident.clone(),
                keys: VariantKeys::read(&variant.ident, &variant.attrs, problems),
            }
        })
        .collect();
    Ok(WrittenEnumeration {
        name: input.ident.clone(),
        keys,
        variants,
    })
}
