//! The trait that a derived struct implements, and what the runtime makes of it when the type is forgotten.
//!
//! It knows rows and JSON bytes, neither requests nor statements.

mod sheet;

use crate::column::{DecodeError, EncodeError, Key, KeyType, Row, Value, ValueCells, own};
use crate::descriptor::{Descriptor, Field, Method, Selection, Shown};

pub(crate) use sheet::{Hole, Sheet, write_array};

/// A struct that is a REST resource.
///
/// Implemented by `#[derive(ModelResource)]`: a constant descriptor and a codec, nothing else.
/// What the derive takes stands in [the reference of attributes](crate::docs::attributes).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a resource",
    label = "not a resource",
    note = "write `#[derive(ModelResource)]` above the struct"
)]
pub trait ModelResource: Sized + Send + Sync + 'static {
    /// The primary key: the type of its column, or a tuple for several.
    type Key: KeyType;

    /// The places of the primary key's columns.
    const KEY: &'static [usize];

    /// What the resource is.
    const DESCRIPTOR: &'static Descriptor;

    /// What the resource is, as a function.
    fn descriptor() -> &'static Descriptor {
        Self::DESCRIPTOR
    }

    /// Reads a record from a row that has all columns, in the descriptor's order.
    ///
    /// # Errors
    /// [`DecodeError`] when a cell does not hold what its field needs.
    fn from_row(row: &Row<'_>) -> Result<Self, DecodeError>;

    /// The values of all columns, in the descriptor's order.
    ///
    /// # Errors
    /// [`EncodeError`] when a field marked `json` cannot be written as JSON.
    fn values(&self) -> Result<Vec<Value>, EncodeError>;

    /// Writes the computed field at `index` as JSON.
    ///
    /// # Errors
    /// [`EncodeError`] when there is none, or its value has no JSON form.
    fn write_computed(&self, index: usize, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let _ = out;
        Err(EncodeError::NoSuchField(index))
    }

    /// The record as a JSON object, with the fields that `method` shows, but for relations.
    ///
    /// # Errors
    /// [`EncodeError`] when a field has no JSON form.
    fn to_json(&self, method: Method) -> Result<Vec<u8>, EncodeError> {
        let mut selection = Selection::of(Self::DESCRIPTOR, method);
        selection.keep_own();
        write(self, &selection)
    }

    /// The record as a JSON object with these fields, in this order: columns and methods of the struct, by their names in
    /// JSON or in Rust.
    ///
    /// # Errors
    /// [`EncodeError`] when a name is none of these, or write-only, or a field has no JSON form.
    fn to_json_of(&self, names: &[&str]) -> Result<Vec<u8>, EncodeError> {
        let mut selection = Selection { shown: Vec::new() };
        for name in names {
            let field = shown(Self::DESCRIPTOR, name)?;
            // A name that comes twice goes out once: an object has no name twice.
            if !selection.shown.contains(&field) {
                selection.shown.push(field);
            }
        }
        write(self, &selection)
    }
}

/// The field that a name stands for; a relation's records are not in the record.
fn shown(descriptor: &Descriptor, name: &str) -> Result<Shown, EncodeError> {
    match descriptor.field_named(name) {
        Some(Field::Column(index)) if !descriptor.columns[index].write_only => {
            Ok(Shown::Column(index))
        }
        Some(Field::Computed(index)) => Ok(Shown::Computed(index)),
        _ => Err(EncodeError::NotShown(name.to_owned())),
    }
}

fn write<M: ModelResource>(record: &M, selection: &Selection) -> Result<Vec<u8>, EncodeError> {
    let values = record.values()?;
    let mut sheet = Sheet::new();
    sheet.write::<M>(&Row::new(&ValueCells(&values)), selection)?;
    Ok(sheet.into_bytes())
}

/// Appends a row as a JSON object with the selected fields.
type Represent = fn(&Row<'_>, &Selection, &mut Sheet) -> Result<(), EncodeError>;

/// A resource whose type is forgotten: what handlers work on, so that they are compiled once.
#[derive(Clone, Copy)]
pub(crate) struct Model {
    pub(crate) descriptor: &'static Descriptor,
    /// Appends a row as a JSON object with the selected fields.
    pub(crate) represent: Represent,
}

impl Model {
    pub(crate) fn of<M: ModelResource>() -> Self {
        Self {
            descriptor: M::DESCRIPTOR,
            represent: |row, selection, sheet| sheet.write::<M>(row, selection),
        }
    }
}

impl std::fmt::Debug for Model {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Model({})", self.descriptor.name)
    }
}

/// A row's key, which outlives it.
///
/// # Errors
/// [`DecodeError`] when a cell is not of its column's kind.
pub(crate) fn owned_key(descriptor: &Descriptor, row: &Row<'_>) -> Result<Key, DecodeError> {
    let places = descriptor.key.iter();
    let values = places.map(|&index| owned_value(descriptor, row, index));
    values.collect()
}

/// A cell as a value that outlives its row.
fn owned_value(descriptor: &Descriptor, row: &Row<'_>, index: usize) -> Result<Value, DecodeError> {
    own(descriptor.columns[index].kind, row.cell(index)?).map_err(|error| error.in_column(index))
}

/// A row's cells as values that outlive it, one for each column.
///
/// # Errors
/// [`DecodeError`] when a cell is not of its column's kind.
pub(crate) fn owned_values(
    descriptor: &Descriptor,
    row: &Row<'_>,
) -> Result<Vec<Value>, DecodeError> {
    let places = 0..descriptor.columns.len();
    places
        .map(|index| owned_value(descriptor, row, index))
        .collect()
}
