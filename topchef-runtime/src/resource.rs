//! The trait that a derived struct implements, and what the runtime makes of it when the type is forgotten.
//!
//! It knows rows and JSON bytes, neither requests nor statements.

use crate::column::{DecodeError, EncodeError, Row, Value, ValueCells, own, write_cell};
use crate::descriptor::{Descriptor, Field, Method};

/// A struct that is a REST resource.
///
/// Implemented by `#[derive(ModelResource)]`: a static descriptor and a codec, nothing else.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a resource",
    label = "not a resource",
    note = "write `#[derive(ModelResource)]` above the struct"
)]
pub trait ModelResource: Sized + Send + Sync + 'static {
    /// What the resource is.
    fn descriptor() -> &'static Descriptor;

    /// Reads a record from a row that has all columns, in the descriptor's order.
    ///
    /// # Errors
    /// [`DecodeError`] when a cell does not hold what its field needs.
    fn from_row(row: &Row<'_>) -> Result<Self, DecodeError>;

    /// The values of all columns, in the descriptor's order.
    fn values(&self) -> Vec<Value>;

    /// Writes the computed field at `index` as JSON.
    ///
    /// # Errors
    /// [`EncodeError`] when there is none, or its value has no JSON form.
    fn write_computed(&self, index: usize, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let _ = out;
        Err(EncodeError::NoSuchField(index))
    }

    /// The record as a JSON object, with the fields that `method` shows.
    ///
    /// # Errors
    /// [`EncodeError`] when a field has no JSON form.
    fn to_json(&self, method: Method) -> Result<Vec<u8>, EncodeError> {
        let values = self.values();
        let mut out = Vec::with_capacity(256);
        let fields = Self::descriptor().fields.of(method);
        represent::<Self>(&Row::new(&ValueCells(&values)), fields, &mut out)?;
        Ok(out)
    }
}

/// Appends a row as a JSON object with the given fields.
type Represent = fn(&Row<'_>, &[Field], &mut Vec<u8>) -> Result<(), EncodeError>;

/// Appends the computed field at a place.
type WriteComputed<'a> = dyn FnMut(usize, &mut Vec<u8>) -> Result<(), EncodeError> + 'a;

/// A resource whose type is forgotten: what handlers work on, so that they are compiled once.
#[derive(Clone, Copy)]
pub(crate) struct Model {
    pub(crate) descriptor: &'static Descriptor,
    /// Appends a row as a JSON object with the given fields.
    pub(crate) represent: Represent,
}

impl Model {
    pub(crate) fn of<M: ModelResource>() -> Self {
        Self {
            descriptor: M::descriptor(),
            represent: represent::<M>,
        }
    }
}

impl std::fmt::Debug for Model {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Model({})", self.descriptor.name)
    }
}

/// A record is only made when a computed field asks for it; columns go from the row to the bytes.
fn represent<M: ModelResource>(
    row: &Row<'_>,
    fields: &[Field],
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    let mut record: Option<M> = None;
    write_object(M::descriptor(), row, fields, out, &mut |index, out| {
        if record.is_none() {
            record = Some(M::from_row(row)?);
        }
        match &record {
            Some(record) => record.write_computed(index, out),
            None => Err(EncodeError::NoSuchField(index)),
        }
    })
}

fn write_object(
    descriptor: &Descriptor,
    row: &Row<'_>,
    fields: &[Field],
    out: &mut Vec<u8>,
    write_computed: &mut WriteComputed<'_>,
) -> Result<(), EncodeError> {
    out.push(b'{');
    for (position, &field) in fields.iter().enumerate() {
        if position > 0 {
            out.push(b',');
        }
        // Wire names are Rust names in some case: there is nothing to escape.
        out.push(b'"');
        out.extend_from_slice(descriptor.field_name(field).as_bytes());
        out.extend_from_slice(b"\":");
        match field {
            Field::Column(index) => {
                write_cell(descriptor.columns[index].kind, row.cell(index)?, out)?;
            }
            Field::Computed(index) => write_computed(index, out)?,
        }
    }
    out.push(b'}');
    Ok(())
}

/// A row's cells as values that outlive it, one for each column.
///
/// # Errors
/// [`DecodeError`] when a cell is not of its column's kind.
pub(crate) fn owned_values(
    descriptor: &Descriptor,
    row: &Row<'_>,
) -> Result<Vec<Value>, DecodeError> {
    descriptor
        .columns
        .iter()
        .enumerate()
        .map(|(index, column)| {
            own(column.kind, row.cell(index)?).map_err(|error| error.in_column(index))
        })
        .collect()
}
