//! Where the runtime is.
//!
//! It does not know what is taken from there.

use syn::ExprPath;

/// The path of the runtime.
#[derive(Default)]
pub(crate) enum RuntimePath {
    /// Nothing was written: where everybody has it.
    #[default]
    Usual,
    /// What was written, or may have been meant.
    At(Box<ExprPath>),
}
