//! All that generated code may name; not for people, and without promises.
//!
//! Generated code calls it `__topchef`.

use serde::Serialize;

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

/// Whether one field can refer to a key: not when it is of several columns.
pub const fn is_held_by_one_field(key: &[usize]) -> bool {
    key.len() < 2
}

/// The one column of a primary key; of a resource with errors, which has none, the first.
pub const fn key_column(key: &[usize]) -> usize {
    match key {
        [first, ..] => *first,
        [] => 0,
    }
}

/// Whether a resource has a column or a relation of this name; one with errors may have any.
pub const fn has_field(descriptor: &Descriptor, name: &str) -> bool {
    let mut index = 0;
    while index < descriptor.columns.len() {
        if is(descriptor.columns[index].field, name) {
            return true;
        }
        index += 1;
    }
    let mut index = 0;
    while index < descriptor.relations.len() {
        if is(descriptor.relations[index].name, name) {
            return true;
        }
        index += 1;
    }
    has_errors(descriptor)
}

/// Whether what has this name goes out: all but a column that is write-only.
pub const fn goes_out(descriptor: &Descriptor, name: &str) -> bool {
    let mut index = 0;
    while index < descriptor.columns.len() {
        let column = &descriptor.columns[index];
        if is(column.field, name) {
            return !column.write_only;
        }
        index += 1;
    }
    true
}

/// Whether a resource has a computed field of this name; one with errors may have any.
pub const fn has_computed(descriptor: &Descriptor, name: &str) -> bool {
    let mut index = 0;
    while index < descriptor.computed.len() {
        if is(descriptor.computed[index].name, name) {
            return true;
        }
        index += 1;
    }
    has_errors(descriptor)
}

/// Whether a column holds text.
pub const fn is_text(descriptor: &Descriptor, column: usize) -> bool {
    matches!(descriptor.columns[column].kind, Kind::Text)
}

const fn has_errors(descriptor: &Descriptor) -> bool {
    descriptor.name.is_empty()
}

/// Whether two texts are the same; `==` is none that constants can ask.
const fn is(text: &str, other: &str) -> bool {
    let (text, other) = (text.as_bytes(), other.as_bytes());
    if text.len() != other.len() {
        return false;
    }
    let mut index = 0;
    while index < text.len() {
        if text[index] != other[index] {
            return false;
        }
        index += 1;
    }
    true
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

/// The descriptor of which nothing is said: what the others take the rest from.
pub const BARE: Descriptor = Descriptor {
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
pub const NO_DESCRIPTOR: &Descriptor = &BARE;

#[cfg(test)]
mod tests {
    use super::{
        NO_DESCRIPTOR, goes_out, has_computed, has_field, is_held_by_one_field, is_text, key_column,
    };
    use crate::ModelResource;

    #[derive(ModelResource)]
    #[resource(serial_fields(get = [id, label()]), relations(next(has_one = Link, by = before)))]
    struct Link {
        id: i64,
        before: Option<i64>,
        #[resource(write_only)]
        secret: Option<String>,
    }

    impl Link {
        fn label(&self) -> String {
            format!("{} after {:?}, {:?}", self.id, self.before, self.secret)
        }
    }

    #[test]
    fn the_names_of_fields_are_known() {
        let descriptor = Link::DESCRIPTOR;
        assert!(has_field(descriptor, "before"));
        assert!(has_field(descriptor, "next"));
        assert!(!has_field(descriptor, "befor"));
        assert!(!has_field(descriptor, "label"));
        assert!(has_field(descriptor, "secret"));
        assert!(has_computed(descriptor, "label"));
        assert!(!has_computed(descriptor, "before"));
        assert!(has_field(NO_DESCRIPTOR, "any"));
        assert!(has_computed(NO_DESCRIPTOR, "any"));
    }

    #[test]
    fn all_but_write_only_columns_goes_out() {
        assert!(goes_out(Link::DESCRIPTOR, "before"));
        assert!(goes_out(Link::DESCRIPTOR, "next"));
        assert!(!goes_out(Link::DESCRIPTOR, "secret"));
        assert!(goes_out(NO_DESCRIPTOR, "any"));
    }

    #[test]
    fn text_is_told_from_the_rest() {
        assert!(is_text(Link::DESCRIPTOR, 2));
        assert!(!is_text(Link::DESCRIPTOR, 0));
    }

    #[test]
    fn a_key_has_a_first_column() {
        assert_eq!(key_column(&[3]), 3);
        assert_eq!(key_column(&[]), 0);
    }

    #[test]
    fn one_field_cannot_refer_to_a_key_of_several_columns() {
        assert!(is_held_by_one_field(&[3]));
        assert!(!is_held_by_one_field(&[3, 4]));
        assert!(is_held_by_one_field(NO_DESCRIPTOR.key));
    }
}
