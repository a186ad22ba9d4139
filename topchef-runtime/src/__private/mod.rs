//! All that generated code may name; not for people, and without promises.
//!
//! Generated code calls it `__topchef`.

mod asked;
mod assertions;
mod message;
mod nearest;
pub mod words;

pub use asked::{
    ComputedField, ForeignKey, IsFunction, IsNothing, IsValue, NoColumn, PathDefault, Related,
    SkippedField, TextDefault, TypeDefault,
};
pub use assertions::{
    assert_column, assert_comparable, assert_field, assert_key, assert_key_of_one_column,
    assert_maximum, assert_method, assert_minimum, assert_no_json, assert_searchable, assert_text,
    assert_version,
};

pub use crate::column::{
    Bound, Cell, Column, ColumnType, CompiledPattern, DecodeError, EncodeError, Format, JsonType,
    KeyType, Kind, Pattern, RefersTo, Row, Value,
};
pub use crate::descriptor::{
    Answer, Collection, ColumnDescriptor, ComputedDescriptor, Descriptor, Envelope, Field,
    FieldsByMethod, Method, PageSize, RelatedFields, RelationDescriptor, RelationKind, Sort,
};
pub use crate::resource::ModelResource;
pub use crate::transaction::{
    AfterCommitHook, AuthorizeHook, BeforeCommitHook, Delivery, Endpoint, Hooked, Hooks,
    Impossible, InputHook, SelectHook,
};

/// The value to store of one that is of the field's type.
///
/// One that cannot be written as JSON is told in the log and stored as null, which a column that may not be null refuses.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the macro passes temporaries"
)]
pub fn field_value<M, T>(column: Column<M, T>, value: T) -> Value {
    column.to_value(&value).unwrap_or_else(|error| {
        tracing::error!(column = column.index(), %error, "a value cannot be written as JSON");
        column.codec().kind.null()
    })
}

/// The one column of a primary key; of a resource with errors, which has none, the first.
pub const fn key_column(key: &[usize]) -> usize {
    match key {
        [first, ..] => *first,
        [] => 0,
    }
}

/// # Errors
/// Always.
pub fn no_such_field(index: usize) -> Result<(), EncodeError> {
    Err(EncodeError::NoSuchField(index))
}

/// The descriptor of which nothing is said: what the others take the rest from.
pub const EMPTY: Descriptor = Descriptor {
    name: "",
    doc: "",
    table: "",
    path: "",
    methods: &[],
    columns: &[],
    key: &[],
    computed: &[],
    relations: &[],
    fields: FieldsByMethod::all(&[]),
    answers: &[],
    collection: Collection {
        filter: &[],
        sort: &[],
        order: &[],
        search: &[],
        page: PageSize::USUAL,
    },
    envelope: Envelope::Data,
    docs: &[],
};

/// The descriptor of a resource with errors: nothing of it ever runs.
pub const NO_DESCRIPTOR: &Descriptor = &EMPTY;

#[cfg(test)]
mod tests {
    use super::key_column;

    #[test]
    fn a_key_has_a_first_column() {
        assert_eq!(key_column(&[3]), 3);
        assert_eq!(key_column(&[]), 0);
    }
}
