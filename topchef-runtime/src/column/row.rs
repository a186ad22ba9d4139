//! A row as the database gives it: cells that borrow from the driver, or from values in memory.
//!
//! It does not know which driver that is.

use std::cell::RefCell;

use sea_query::Value;
use smallvec::{SmallVec, smallvec};

use super::cell::{Cell, DecodeError, value_cell};

/// Something that has cells: a row of a driver, or values in memory.
pub trait Cells {
    /// The cell at `index`.
    ///
    /// # Errors
    /// [`DecodeError`] when there is none, or it cannot be read.
    fn cell(&self, index: usize) -> Result<Cell<'_>, DecodeError>;
}

/// A row of a resource's table, its columns in the descriptor's order.
#[derive(Clone, Copy)]
pub struct Row<'a>(&'a dyn Cells);

impl<'a> Row<'a> {
    /// A row over a driver's row or values in memory.
    pub fn new(cells: &'a dyn Cells) -> Self {
        Self(cells)
    }

    /// The cell at `index`.
    ///
    /// # Errors
    /// [`DecodeError`] when there is none, or it cannot be read.
    pub fn cell(&self, index: usize) -> Result<Cell<'a>, DecodeError> {
        self.0.cell(index).map_err(|error| error.in_column(index))
    }
}

impl std::fmt::Debug for Row<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Row")
    }
}

/// So many columns most tables have at most.
const FEW: usize = 16;

/// A row whose cells are asked of the driver once, however often they are read.
pub(crate) struct ReadOnce<'a> {
    row: &'a Row<'a>,
    cells: RefCell<SmallVec<[Option<Cell<'a>>; FEW]>>,
}

impl<'a> ReadOnce<'a> {
    /// Over a row with that many columns.
    pub(crate) fn new(row: &'a Row<'a>, columns: usize) -> Self {
        Self {
            row,
            cells: RefCell::new(smallvec![None; columns]),
        }
    }
}

impl Cells for ReadOnce<'_> {
    fn cell(&self, index: usize) -> Result<Cell<'_>, DecodeError> {
        let mut cells = self.cells.borrow_mut();
        match cells.get_mut(index) {
            Some(Some(cell)) => Ok(*cell),
            Some(unread) => Ok(*unread.insert(self.row.cell(index)?)),
            None => self.row.cell(index),
        }
    }
}

/// Values in memory, read as if they were a row.
#[derive(Clone, Copy, Debug)]
pub struct ValueCells<'a>(pub &'a [Value]);

impl Cells for ValueCells<'_> {
    fn cell(&self, index: usize) -> Result<Cell<'_>, DecodeError> {
        let value = self
            .0
            .get(index)
            .ok_or_else(|| DecodeError::missing(index))?;
        value_cell(value)
    }
}
