//! What goes out: columns, methods of the struct, and related records.
//!
//! It does not know what a field holds.

use syn::Ident;

use super::Method;

/// The fields that go out for some methods.
pub(crate) struct Representation {
    pub(crate) methods: Vec<Method>,
    /// The word that the list belongs to: `serial_fields`, a method, or the struct's name.
    pub(crate) key: Ident,
    pub(crate) origin: Origin,
    pub(crate) fields: Vec<SerialField>,
}

/// Where a list comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Nobody wrote it.
    ByDefault,
    /// It was written for all methods.
    ForAll,
    /// It was written for one method, by its name.
    ForOne,
}

/// A name as it stands in a list.
pub(crate) struct SerialName {
    pub(crate) word: Ident,
    /// Whether it was written `name()`.
    pub(crate) is_method: bool,
}

/// A name in a list, and what it names.
pub(crate) struct SerialField {
    pub(crate) word: Ident,
    pub(crate) source: Source,
}

/// Where a field comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The column at this place.
    Column(usize),
    /// The method at this place among the computed fields.
    Computed(usize),
    /// The relation at this place.
    Relation(usize),
    /// Nowhere: the struct has no such field.
    Nowhere,
}

/// A method of the struct that goes out as a field.
pub(crate) struct Computed {
    pub(crate) method: Ident,
    pub(crate) wire: String,
}
