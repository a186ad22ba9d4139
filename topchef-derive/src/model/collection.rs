//! What may be asked of a collection.
//!
//! It does not know what a client asks.

use syn::{Expr, Ident};

/// What may be filtered, sorted and searched, and how large pages are.
pub(crate) struct Collection {
    /// The columns that may be filtered by, by their places.
    pub(crate) filterable: Vec<usize>,
    /// The columns that may be sorted by, by their places.
    pub(crate) sortable: Vec<usize>,
    /// The names as they were written; none where nothing was.
    pub(crate) filter: Vec<NamedColumn>,
    pub(crate) sort: Vec<NamedColumn>,
    pub(crate) order_by: Vec<NamedColumn>,
    pub(crate) search: Vec<NamedColumn>,
    pub(crate) page_size: Option<PageSize>,
    pub(crate) max_page_size: Option<PageSize>,
}

/// A column that a list names.
pub(crate) struct NamedColumn {
    pub(crate) word: Ident,
    /// Its place; nothing, when there is no such field.
    pub(crate) column: Option<usize>,
    /// Whether a minus stands before it: largest first.
    pub(crate) descending: bool,
}

/// A number of rows.
pub(crate) struct PageSize {
    pub(crate) value: i64,
    pub(crate) written: Expr,
}

impl Collection {
    /// The rows of a page when nothing is said.
    pub(crate) const USUAL_PAGE_SIZE: i64 = 50;

    /// The most rows of a page when nothing is said.
    pub(crate) const USUAL_MAX_PAGE_SIZE: i64 = 200;

    /// The most rows of a page.
    pub(crate) fn max(&self) -> i64 {
        let written = self.max_page_size.as_ref();
        written.map_or(Self::USUAL_MAX_PAGE_SIZE, |size| size.value)
    }

    /// The rows of a page when a client says nothing; never more than the most.
    pub(crate) fn default(&self) -> i64 {
        let written = self.page_size.as_ref();
        written.map_or_else(|| Self::USUAL_PAGE_SIZE.min(self.max()), |size| size.value)
    }

    /// The lists, each with its key.
    pub(crate) fn lists(&self) -> [(&'static str, &[NamedColumn]); 4] {
        [
            ("filter", &self.filter),
            ("sort", &self.sort),
            ("order_by", &self.order_by),
            ("search", &self.search),
        ]
    }
}
