//! The read of a page, and how many rows there are on all of them; narrowed by the policy and the `process_input` hook.
//!
//! It does not know how the pages beside it are linked.

use super::super::Context;
use super::{Endpoint, Page};
use crate::column::{ColumnType as _, Row, Value, own};
use crate::database::{DatabaseError, Rows};
use crate::descriptor::{Method, Selection};
use crate::error::Report;
use crate::query::{Condition, Ends, Query, Start};
use crate::resource::Sheet;
use crate::sql::Statement;

/// The size at which a page ends, whatever its limit, in bytes: records may be large, and a thousand of them larger.
const PAGE_BYTES: usize = 8 * 1024 * 1024;

/// For how many records there is room before the first is read.
const ROOM: usize = 64;

impl Endpoint {
    /// A page of the collection.
    ///
    /// # Errors
    /// A [`Report`]: a policy's or a hook's refusal, or the database's.
    pub async fn list(&self, cx: &Context, mut query: Query) -> Result<Page, Report> {
        let cx = &self.admitted(Method::List, cx, &query.selection).await?;
        self.narrow(cx, &mut query).await?;
        let total = if query.meta.count {
            Some(Box::pin(self.count(cx, &query.conditions)).await?)
        } else {
            None
        };
        let limit = query.limit;
        let statement = self.page_statement(cx, &mut query);
        let reading = Reading::of(*self, limit, &query);
        let read = move |rows: &mut Rows<'_>| reading.read(rows);
        let read = cx.database().rows(statement, read).await?;
        let count = read.sheet.len() as u64;
        let data = self.filled_array(cx, read.sheet, &query.selection).await?;
        Ok(Page {
            data,
            count,
            more: read.more,
            ends: read.ends,
            total,
        })
    }

    /// Narrows a query by the resource's policy and its hook.
    pub(super) async fn narrow(&self, cx: &Context, query: &mut Query) -> Result<(), Report> {
        query
            .conditions
            .extend(self.permitted(Method::List, cx).await?);
        self.process_select(Method::List, cx, &mut query.conditions)
            .await
    }

    /// The statement of a page: one row more than asked for tells whether there are rows beyond.
    pub(super) fn page_statement(&self, cx: &Context, query: &mut Query) -> Statement {
        query.limit = query.limit.saturating_add(1);
        cx.database().dialect().select(self.descriptor(), query)
    }

    async fn count(&self, cx: &Context, conditions: &[Condition]) -> Result<u64, Report> {
        let statement = cx.database().dialect().count(self.descriptor(), conditions);
        Ok(cx.database().rows(statement, counted).await?)
    }
}

/// A page being read.
struct Reading {
    endpoint: Endpoint,
    selection: Selection,
    limit: u64,
    /// The columns of the order, where pages are found by cursors.
    order: Option<Vec<usize>>,
    /// Whether the rows come in reverse.
    backward: bool,
}

/// A page that was read.
struct ReadPage {
    sheet: Sheet,
    more: bool,
    ends: Option<Ends>,
}

impl Reading {
    fn of(endpoint: Endpoint, limit: u64, query: &Query) -> Self {
        let order = || query.order.iter().map(|sort| sort.column).collect();
        let (order, backward) = match &query.start {
            Start::Offset(_) => (None, false),
            Start::First => (Some(order()), false),
            Start::Cursor(cursor) => (Some(order()), cursor.backward),
        };
        Self {
            endpoint,
            selection: query.selection.clone(),
            limit,
            order,
            backward,
        }
    }

    fn read(&self, rows: &mut Rows<'_>) -> Result<ReadPage, DatabaseError> {
        let mut sheet = Sheet::of(usize::try_from(self.limit).unwrap_or(usize::MAX).min(ROOM));
        let mut ends: Option<Ends> = None;
        let mut more = false;
        while let Some(row) = rows.next()? {
            if sheet.len() as u64 == self.limit || sheet.bytes.len() > PAGE_BYTES {
                more = true;
                break;
            }
            if let Some(order) = &self.order {
                let last = self.values(order, &row)?;
                let first = ends.map_or_else(|| last.clone(), |ends| ends.first);
                ends = Some(Ends { first, last });
            }
            (self.endpoint.model.represent)(&row, &self.selection, &mut sheet)?;
        }
        Ok(if self.backward {
            ReadPage {
                sheet: sheet.reversed(),
                more,
                ends: ends.map(Ends::swapped),
            }
        } else {
            ReadPage { sheet, more, ends }
        })
    }

    /// What a row holds in the columns of the order.
    fn values(&self, order: &[usize], row: &Row<'_>) -> Result<Vec<Value>, DatabaseError> {
        let columns = self.endpoint.descriptor().columns;
        let values = order
            .iter()
            .map(|&index| own(columns[index].kind, row.cell(index)?));
        Ok(values.collect::<Result<_, _>>()?)
    }
}

/// The one number of the one row of a count.
pub(in crate::transaction) fn counted(rows: &mut Rows<'_>) -> Result<u64, DatabaseError> {
    let count = match rows.next()? {
        Some(row) => i64::from_cell(row.cell(0)?)?,
        None => 0,
    };
    Ok(u64::try_from(count).unwrap_or_default())
}
