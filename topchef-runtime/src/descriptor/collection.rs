//! What may be asked of a collection.
//!
//! It does not know how it is asked.

/// What may be filtered, sorted and searched, and how large pages are.
#[derive(Debug)]
pub struct Collection {
    /// The columns that may be filtered by.
    pub filter: &'static [usize],
    /// The columns that may be sorted by.
    pub sort: &'static [usize],
    /// The order when nothing is said; the key always comes last, so that the order is total.
    pub order: &'static [Sort],
    /// The texts in which `q` looks.
    pub search: &'static [usize],
    /// How large pages are.
    pub page: PageSize,
}

/// One column to sort by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// The column's place in the descriptor.
    pub column: usize,
    /// Largest first.
    pub descending: bool,
}

/// How large the pages of a collection are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageSize {
    /// The rows of a page when nothing is said.
    pub default: u64,
    /// The most rows of a page: a larger `limit` is lowered to it.
    pub max: u64,
}

impl PageSize {
    /// 50 rows, at most 200.
    pub const USUAL: Self = Self {
        default: 50,
        max: 200,
    };
}
