//! What a resource is, as constant data: the whole of what the derive tells the runtime about a struct besides its codec.
//!
//! It holds no code that reads a row; of a request it only says what of a single value a column takes (`column`).

mod collection;
mod column;
mod field;
mod method;
mod relation;
mod selection;

pub use collection::{Collection, PageSize, Sort};
pub use column::ColumnDescriptor;
pub use field::{Answer, ComputedDescriptor, Field, FieldsByMethod};
pub use method::Method;
pub use relation::{RelatedFields, RelationDescriptor, RelationKind};
pub use selection::{Selection, Shown};

use crate::column::ColumnDefault;

/// A derived resource.
#[derive(Debug)]
pub struct Descriptor {
    /// The struct's name; errors say "`Book` Not Found".
    pub name: &'static str,
    /// The struct's documentation.
    pub doc: &'static str,
    /// The table.
    pub table: &'static str,
    /// The path of the collection, `/books`.
    pub path: &'static str,
    /// The methods that exist; all others answer 405.
    pub methods: &'static [Method],
    /// The columns, in the struct's order.
    pub columns: &'static [ColumnDescriptor],
    /// The primary key, as places in `columns`.
    pub key: &'static [usize],
    /// The methods of the struct that go out as fields.
    pub computed: &'static [ComputedDescriptor],
    /// The relations to other resources, and to the resource itself.
    pub relations: &'static [RelationDescriptor],
    /// Which fields go out, by method.
    pub fields: FieldsByMethod,
    /// What goes out of another resource's record that a hook answers with.
    pub answers: &'static [Answer],
    /// What may be filtered, sorted and searched, and how large pages are.
    pub collection: Collection,
    /// What stands around the records of a body.
    pub envelope: Envelope,
    /// What the documentation says of a method, in place of what it says of all.
    pub docs: &'static [(Method, &'static str)],
}

/// What stands around the records of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Envelope {
    /// `{"data": …, "links": {…}, "meta": {…}}`.
    Data,
    /// Nothing: the bare object or array, its links in a `Link` header.
    None,
}

impl Descriptor {
    /// The columns of the primary key, in order.
    pub fn key_columns(&self) -> impl ExactSizeIterator<Item = &'static ColumnDescriptor> {
        let columns = self.columns;
        self.key.iter().map(move |index| &columns[*index])
    }

    /// The place of the column that counts the versions of a record, when there is one.
    pub fn version(&self) -> Option<usize> {
        self.columns.iter().position(|column| column.version)
    }

    /// What the column holds when nothing was given; a key has its type's own default.
    ///
    /// Of a key of several columns none is assigned by the database.
    pub fn default_of(&self, index: usize) -> ColumnDefault {
        let column = &self.columns[index];
        match column.default {
            ColumnDefault::None if self.key == [index] => column.key_default(),
            default => default,
        }
    }

    /// The column with this wire name, or (with `rename_all`) this field name.
    pub fn column_named(&self, name: &str) -> Option<usize> {
        place(self.columns, name, |column| (column.wire, column.field))
    }

    /// The relation with this wire name, or this name in the struct's attributes.
    pub fn relation_named(&self, name: &str) -> Option<usize> {
        place(self.relations, name, |relation| {
            (relation.wire, relation.name)
        })
    }

    /// What goes out under this name: a column, a method of the struct, a relation.
    pub fn field_named(&self, name: &str) -> Option<Field> {
        let computed = || place(self.computed, name, |field| (field.wire, field.name));
        let relation = || self.relation_named(name).map(Field::Relation);
        self.column_named(name)
            .map(Field::Column)
            .or_else(|| computed().map(Field::Computed))
            .or_else(relation)
    }

    /// Every field that a request of a method may ask for: what the method shows by itself, and what the reads that exist
    /// show; one that several show comes several times.
    pub fn askable(&self, method: Method) -> impl Iterator<Item = Field> {
        let reads = [Method::Get, Method::List];
        let reads = reads.into_iter().filter(|read| self.methods.contains(read));
        let methods = std::iter::once(method).chain(reads);
        methods.flat_map(|method| self.fields.of(method)).copied()
    }

    /// The wire name of the column that the table calls `name`.
    pub fn wire_name(&self, name: &str) -> Option<&'static str> {
        self.columns
            .iter()
            .find(|column| column.name == name)
            .map(|column| column.wire)
    }

    /// The wire name of a field.
    pub fn field_name(&self, field: Field) -> &'static str {
        match field {
            Field::Column(index) => self.columns[index].wire,
            Field::Computed(index) => self.computed[index].wire,
            Field::Relation(index) => self.relations[index].wire,
        }
    }

    /// Whether both describe the same resource.
    pub fn is(&self, other: &Self) -> bool {
        self.table == other.table && self.name == other.name && self.path == other.path
    }
}

/// Where a name stands: wire names come first, so that no other name can hide one.
fn place<T>(
    among: &[T],
    name: &str,
    names: impl Fn(&T) -> (&'static str, &'static str),
) -> Option<usize> {
    among
        .iter()
        .position(|it| names(it).0 == name)
        .or_else(|| among.iter().position(|it| names(it).1 == name))
}
