//! An enum that is the type of a column.
//!
//! It does not know which columns.

use syn::{Ident, LitStr};

use super::RuntimePath;

/// An enum without fields.
pub(crate) struct Enumeration {
    pub(crate) name: Ident,
    pub(crate) runtime: RuntimePath,
    pub(crate) variants: Vec<Variant>,
}

/// One of its variants.
pub(crate) struct Variant {
    pub(crate) name: Ident,
    /// On the wire and in the table; a derived name has the place of the variant's name.
    pub(crate) wire: LitStr,
}
