//! All that generated code may name besides the public surface; not for people, and without promises.

use serde::Serialize;

pub use crate::transaction::{AfterCommitHook, BeforeCommitHook, Hooks, InputHook, SelectHook};

use crate::column::{Column, EncodeError, Value};

/// A default that was written as a path: a function that makes one, or the value itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no default for a field of type `{T}`",
    label = "neither a `{T}` nor a function that returns one",
    note = "write `default = f` with `fn f() -> {T}`, or a value of the type `{T}`"
)]
pub trait IntoDefault<T, Marker> {
    fn into_default(self) -> T;
}

#[expect(missing_debug_implementations, reason = "a marker")]
pub struct ByValue;

#[expect(missing_debug_implementations, reason = "a marker")]
pub struct ByCall;

#[diagnostic::do_not_recommend]
impl<T> IntoDefault<T, ByValue> for T {
    fn into_default(self) -> T {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T, F: FnOnce() -> T> IntoDefault<T, ByCall> for F {
    fn into_default(self) -> T {
        self()
    }
}

pub fn default_of_path<M, T, D: IntoDefault<T, Marker>, Marker>(
    column: Column<M, T>,
    default: D,
) -> Value {
    column.to_value(&default.into_default())
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the macro passes temporaries"
)]
pub fn default_of_value<M, T>(column: Column<M, T>, default: T) -> Value {
    column.to_value(&default)
}

/// # Errors
/// When the value has no JSON form.
pub fn write_json<T: Serialize>(field: &T, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    Ok(serde_json::to_writer(out, field)?)
}

/// # Errors
/// Always.
pub fn no_such_field(index: usize) -> Result<(), EncodeError> {
    Err(EncodeError::NoSuchField(index))
}
