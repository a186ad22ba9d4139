//! Where the runtime is.
//!
//! It does not know what is taken from there.

use syn::ExprPath;

/// The path of the runtime, as far as it is known.
#[derive(Default)]
pub(crate) enum RuntimePath {
    /// Nothing was written: where everybody has it.
    #[default]
    Usual,
    /// What was written; the same from everywhere.
    At(Box<ExprPath>),
    /// What was written cannot be it, so nothing can be taken from there.
    Misread,
}
