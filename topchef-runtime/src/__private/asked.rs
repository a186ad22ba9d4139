//! What generated code asks of the user's types and functions, as traits that say what is meant where they do not hold.
//!
//! It does not know who asks.

use std::marker::PhantomData;

use serde::Serialize;

use crate::column::{EncodeError, KeyType, RefersTo};
use crate::descriptor::Descriptor;
use crate::resource::ModelResource;
use crate::transaction::{Endpoint, Hooked, Impossible};

/// What a field gets, written as a path: a function that makes a value, or the value itself.
#[diagnostic::on_unimplemented(
    message = "this is no value for a field of type `{T}`",
    label = "neither a value of type `{T}` nor a function without arguments that returns one",
    note = "write a value of type `{T}`, or the name of a function `fn() -> {T}`"
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

// With it a function of other arguments is no value, instead of a function of other arguments.
#[diagnostic::do_not_recommend]
impl<T, F: Impossible + Into<T>> PathDefault<T, IsNothing> for F {
    fn of_path(self) -> T {
        self.into()
    }
}

/// What a field gets, written as a text.
#[diagnostic::on_unimplemented(
    message = "a text is no value for a field of type `{Self}`",
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

/// What fills a field that is no column when a record is read.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no default of its own",
    label = "a field marked `skip` needs `{Self}: Default`",
    note = "a field that is no column is filled by `Default::default()` when a record is read: derive `Default` for `{Self}`"
)]
pub trait SkippedField {
    fn filled() -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Default> SkippedField for T {
    fn filled() -> Self {
        Self::default()
    }
}

/// That a field can hold the primary key `K` of a related record.
#[diagnostic::on_unimplemented(
    message = "a field of type `{Self}` cannot refer to a record whose primary key is of type `{K}`",
    label = "the primary key there is of type `{K}`",
    note = "write the field as `{K}`, or as `Option<{K}>` where there may be no such record"
)]
pub trait ForeignKey<K> {
    fn ask(&self) {}
}

#[diagnostic::do_not_recommend]
impl<K, T: RefersTo<K>> ForeignKey<K> for T {}

/// What stands for a column of another resource that has none of this name: it may be asked the same, and holds a `K`.
///
/// Nothing of it ever runs: [`assert_column`](super::assert_column) refuses the name.
#[derive(Clone, Copy)]
#[expect(missing_debug_implementations, reason = "a marker")]
pub struct NoColumn<K>(PhantomData<fn() -> K>);

impl<K: 'static> NoColumn<K> {
    pub const NEW: Self = Self(PhantomData);

    pub const fn index(self) -> usize {
        0
    }

    pub fn of<M>(self, _: &M) -> &'static K {
        unreachable!("a resource with errors does not run")
    }
}

/// A resource that another names in a relation or as an answer.
///
/// All that generated code asks of such a resource it asks here: so what is none is one error.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a resource",
    label = "not a resource",
    note = "write `#[derive(ModelResource)]` above the struct"
)]
pub trait Related {
    /// What a field of type `Field` must hold to refer to a record.
    type HeldBy<Field>;

    const KEY: &'static [usize];

    const DESCRIPTOR: &'static Descriptor;

    fn descriptor() -> &'static Descriptor;

    fn endpoint() -> Endpoint;
}

#[diagnostic::do_not_recommend]
impl<M: Hooked> Related for M {
    type HeldBy<Field> = <M::Key as KeyType>::HeldBy<Field>;

    const KEY: &'static [usize] = <M as ModelResource>::KEY;

    const DESCRIPTOR: &'static Descriptor = <M as ModelResource>::DESCRIPTOR;

    fn descriptor() -> &'static Descriptor {
        <M as ModelResource>::descriptor()
    }

    fn endpoint() -> Endpoint {
        <M as Hooked>::endpoint()
    }
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
