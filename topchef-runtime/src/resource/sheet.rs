//! Records as JSON bytes, with a hole wherever related records go.
//!
//! It does not know where related records come from.

use super::{ModelResource, owned_value};
use crate::column::{EncodeError, Row, Value, write_cell};
use crate::descriptor::{Descriptor, Selection, Shown};

/// Records as JSON objects, one after the other.
#[derive(Debug, Default)]
pub(crate) struct Sheet {
    /// The objects without anything between them.
    pub(crate) bytes: Vec<u8>,
    /// Where each object begins.
    pub(crate) starts: Vec<usize>,
    /// Where related records go, in the order of the bytes.
    pub(crate) holes: Vec<Hole>,
}

/// A place where related records go.
#[derive(Debug)]
pub(crate) struct Hole {
    /// Before this byte.
    pub(crate) at: usize,
    /// Which of the selection's relations, by their order.
    pub(crate) branch: usize,
    /// What the relation's own column holds.
    pub(crate) own: Value,
}

/// The bytes of a record for which there is room at first.
const RECORD_BYTES: usize = 256;

impl Sheet {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// With room for some records.
    pub(crate) fn of(records: usize) -> Self {
        Self {
            bytes: Vec::with_capacity(records.saturating_mul(RECORD_BYTES)),
            starts: Vec::with_capacity(records),
            holes: Vec::new(),
        }
    }

    /// How many records there are.
    pub(crate) fn len(&self) -> usize {
        self.starts.len()
    }

    /// Appends a row as a JSON object with the selected fields.
    ///
    /// A record is only made when a computed field asks for it; columns go from the row to the bytes.
    ///
    /// # Errors
    /// [`EncodeError`] when a field has no JSON form.
    pub(crate) fn write<M: ModelResource>(
        &mut self,
        row: &Row<'_>,
        selection: &Selection,
    ) -> Result<(), EncodeError> {
        let mut record: Option<M> = None;
        self.write_object(M::DESCRIPTOR, row, selection, &mut |index, out| {
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
        &mut self,
        descriptor: &Descriptor,
        row: &Row<'_>,
        selection: &Selection,
        write_computed: &mut WriteComputed<'_>,
    ) -> Result<(), EncodeError> {
        self.starts.push(self.bytes.len());
        self.bytes.push(b'{');
        let mut branch = 0;
        for (position, shown) in selection.shown.iter().enumerate() {
            if position > 0 {
                self.bytes.push(b',');
            }
            write_name(descriptor.field_name(shown.field()), &mut self.bytes);
            match shown {
                Shown::Column(index) => {
                    let kind = descriptor.columns[*index].kind;
                    write_cell(kind, row.cell(*index)?, &mut self.bytes)?;
                }
                Shown::Computed(index) => write_computed(*index, &mut self.bytes)?,
                Shown::Relation(index, _) => {
                    let own = owned_value(descriptor, row, descriptor.relations[*index].own)?;
                    let at = self.bytes.len();
                    self.holes.push(Hole { at, branch, own });
                    branch += 1;
                }
            }
        }
        self.bytes.push(b'}');
        Ok(())
    }

    /// Appends the records of another sheet.
    pub(crate) fn append(&mut self, other: Self) {
        let offset = self.bytes.len();
        self.bytes.extend_from_slice(&other.bytes);
        let starts = other.starts.into_iter();
        self.starts.extend(starts.map(|start| start + offset));
        let holes = other.holes.into_iter();
        self.holes.extend(holes.map(|hole| Hole {
            at: hole.at + offset,
            ..hole
        }));
    }

    /// The same records, the last one first.
    pub(crate) fn reversed(self) -> Self {
        let mut reversed = Self {
            bytes: Vec::with_capacity(self.bytes.len()),
            starts: Vec::with_capacity(self.starts.len()),
            holes: Vec::with_capacity(self.holes.len()),
        };
        for position in (0..self.len()).rev() {
            let (from, to) = (self.starts[position], reversed.bytes.len());
            reversed.starts.push(to);
            reversed.bytes.extend_from_slice(self.record(position));
            let first = self.holes.partition_point(|hole| hole.at < from);
            let end = self.end_of(position);
            let holes = self.holes.iter().skip(first);
            let own = holes.take_while(|hole| hole.at < end).map(|hole| Hole {
                at: hole.at - from + to,
                branch: hole.branch,
                own: hole.own.clone(),
            });
            reversed.holes.extend(own);
        }
        reversed
    }

    /// The same records with every hole filled.
    pub(crate) fn filled(self, mut fill: impl FnMut(&Hole, &mut Vec<u8>)) -> Self {
        if self.holes.is_empty() {
            return self;
        }
        let mut filled = Self {
            bytes: Vec::with_capacity(self.bytes.len() * 2),
            starts: Vec::with_capacity(self.starts.len()),
            holes: Vec::new(),
        };
        let mut holes = self.holes.iter().peekable();
        let mut copied = 0;
        for (position, &start) in self.starts.iter().enumerate() {
            filled.starts.push(filled.bytes.len());
            let end = self.end_of(position);
            copied = copied.max(start);
            while let Some(hole) = holes.next_if(|hole| hole.at < end) {
                filled.bytes.extend_from_slice(&self.bytes[copied..hole.at]);
                fill(hole, &mut filled.bytes);
                copied = hole.at;
            }
            filled.bytes.extend_from_slice(&self.bytes[copied..end]);
            copied = end;
        }
        filled
    }

    /// The bytes of one record.
    pub(crate) fn record(&self, position: usize) -> &[u8] {
        self.starts
            .get(position)
            .map_or(&[], |&start| &self.bytes[start..self.end_of(position)])
    }

    /// The records with commas between them, in brackets.
    pub(crate) fn to_array(&self) -> Vec<u8> {
        let mut array = Vec::with_capacity(self.bytes.len() + self.len() + 2);
        write_array(
            (0..self.len()).map(|position| self.record(position)),
            &mut array,
        );
        array
    }

    /// The bytes of a sheet without holes.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    fn end_of(&self, position: usize) -> usize {
        let next = self.starts.get(position + 1);
        next.copied().unwrap_or(self.bytes.len())
    }
}

/// Appends records with commas between them, in brackets.
pub(crate) fn write_array<'a>(records: impl Iterator<Item = &'a [u8]>, out: &mut Vec<u8>) {
    out.push(b'[');
    for (position, record) in records.enumerate() {
        if position > 0 {
            out.push(b',');
        }
        out.extend_from_slice(record);
    }
    out.push(b']');
}

/// Appends the computed field at a place.
type WriteComputed<'a> = dyn FnMut(usize, &mut Vec<u8>) -> Result<(), EncodeError> + 'a;

/// The derive takes letters, digits, `_` and `-` in names, of which nothing is escaped.
fn write_name(name: &str, out: &mut Vec<u8>) {
    out.reserve(name.len() + 3);
    out.push(b'"');
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet() -> Sheet {
        let bytes = br#"{"a":}{}{"b":,"c":}"#.to_vec();
        let hole = |at, branch| Hole {
            at,
            branch,
            own: Value::BigInt(Some(0)),
        };
        Sheet {
            bytes,
            starts: vec![0, 6, 8],
            holes: vec![hole(5, 0), hole(13, 0), hole(18, 1)],
        }
    }

    #[test]
    fn the_last_record_comes_first_with_its_holes() {
        let reversed = sheet().reversed();
        assert_eq!(reversed.record(0), br#"{"b":,"c":}"#);
        assert_eq!(reversed.record(1), b"{}");
        let filled =
            reversed.filled(|hole, out| out.extend_from_slice(hole.branch.to_string().as_bytes()));
        assert_eq!(filled.to_array(), br#"[{"b":0,"c":1},{},{"a":0}]"#);
        assert_eq!(Sheet::new().reversed().len(), 0);
    }

    #[test]
    fn holes_are_filled_where_they_are() {
        let filled =
            sheet().filled(|hole, out| out.extend_from_slice(hole.branch.to_string().as_bytes()));
        assert_eq!(filled.record(0), br#"{"a":0}"#);
        assert_eq!(filled.record(1), b"{}");
        assert_eq!(filled.record(2), br#"{"b":0,"c":1}"#);
        assert_eq!(filled.record(3), b"");
        assert_eq!(filled.to_array(), br#"[{"a":0},{},{"b":0,"c":1}]"#);
    }

    #[test]
    fn a_sheet_goes_on_with_another() {
        let mut both = sheet();
        both.append(sheet());
        let filled =
            both.filled(|hole, out| out.extend_from_slice(hole.branch.to_string().as_bytes()));
        assert_eq!(filled.len(), 6);
        assert_eq!(filled.record(3), br#"{"a":0}"#);
        assert_eq!(filled.record(5), br#"{"b":0,"c":1}"#);
    }

    #[test]
    fn nothing_is_an_empty_array() {
        assert_eq!(Sheet::new().filled(|_, _| ()).to_array(), b"[]");
    }
}
