//! All that generated code may name besides the public surface; not for people, and without promises.

use serde::Serialize;

pub use crate::transaction::{
    AfterCommitHook, BeforeCommitHook, Hooks, Impossible, InputHook, SelectHook,
};

use crate::column::{Column, EncodeError, Value};

/// A default that was written as a path: a function that makes one, or the value itself.
#[diagnostic::on_unimplemented(
    message = "this is no default for a field of type `{T}`",
    label = "neither a value of type `{T}` nor a function without arguments that returns one",
    note = "write `default = f` with `fn f() -> {T}`, or a value of type `{T}`"
)]
pub trait PathDefault<T, Form> {
    fn of_path(self) -> T;
}

#[expect(missing_debug_implementations, reason = "a marker")]
pub enum IsValue {}

#[expect(missing_debug_implementations, reason = "a marker")]
pub enum IsFunction {}

#[expect(missing_debug_implementations, reason = "a marker")]
pub enum IsNothing {}

#[diagnostic::do_not_recommend]
impl<T> PathDefault<T, IsValue> for T {
    fn of_path(self) -> T {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T, F: FnOnce() -> T> PathDefault<T, IsFunction> for F {
    fn of_path(self) -> T {
        self()
    }
}

// With it a function of other arguments is no default, instead of a function of other arguments.
#[diagnostic::do_not_recommend]
impl<T, F: Impossible + Into<T>> PathDefault<T, IsNothing> for F {
    fn of_path(self) -> T {
        self.into()
    }
}

/// A default that was written as a text.
#[diagnostic::on_unimplemented(
    message = "a text is no default for a field of type `{Self}`",
    label = "no `{Self}` can be made of a text",
    note = "write a value of type `{Self}`, or a function that returns one"
)]
pub trait TextDefault {
    fn of_text(text: &'static str) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: From<&'static str>> TextDefault for T {
    fn of_text(text: &'static str) -> Self {
        Self::from(text)
    }
}

/// A default that was written as the word alone.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no default of its own",
    label = "`default` alone needs `{Self}: Default`",
    note = "write a value, `default = ..`, or derive `Default` for `{Self}`"
)]
pub trait TypeDefault {
    fn of_type() -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Default> TypeDefault for T {
    fn of_type() -> Self {
        Self::default()
    }
}

/// The value to store of a default that is of the field's type.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the macro passes temporaries"
)]
pub fn default_value<M, T>(column: Column<M, T>, default: T) -> Value {
    column.to_value(&default)
}

/// What a method of the struct gives that is a field of its JSON.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no JSON form",
    label = "this method returns `{Self}`, which serde cannot write",
    note = "a method in `serial_fields` returns what implements `serde::Serialize`"
)]
pub trait ComputedField {
    /// # Errors
    /// When the value has no JSON form.
    fn write(&self, out: &mut Vec<u8>) -> Result<(), EncodeError>;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize> ComputedField for T {
    fn write(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        Ok(serde_json::to_writer(out, self)?)
    }
}

/// # Errors
/// Always.
pub fn no_such_field(index: usize) -> Result<(), EncodeError> {
    Err(EncodeError::NoSuchField(index))
}
