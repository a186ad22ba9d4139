//! Looking for records in code: `tx.select::<Book>().filter(Book::PUB_YEAR.ge(2000)).all()`, and the same for hooks of reads.
//!
//! It does not know of URLs.

use std::marker::PhantomData;

use super::Transaction;
use super::endpoint::counted;
use crate::database::{Database, DatabaseError, Rows};
use crate::error::Report;
use crate::query::{Condition, Filter, Order, Query, Start, total};
use crate::resource::ModelResource;

/// The select about to run for a `GET`, a list or a `DELETE`, for `process_input` hooks: they may narrow it.
#[derive(Clone, Debug)]
pub struct Select<M> {
    conditions: Vec<Condition>,
    of: PhantomData<fn() -> M>,
}

impl<M> Select<M> {
    pub(super) fn new(conditions: Vec<Condition>) -> Self {
        Self {
            conditions,
            of: PhantomData,
        }
    }

    pub(super) fn into_conditions(self) -> Vec<Condition> {
        self.conditions
    }

    /// Only rows for which this holds too.
    pub fn filter(&mut self, filter: Filter<M>) {
        self.conditions.push(filter.condition);
    }
}

/// Databases count rows in signed 64 bits.
const MOST: u64 = i64::MAX.cast_unsigned();

/// A select being written, in a transaction or outside one.
#[derive(Debug)]
#[must_use = "a select does nothing before `all` or `first`"]
pub struct Find<'a, M> {
    source: Source<'a>,
    query: Query,
    of: PhantomData<fn() -> M>,
}

#[derive(Debug)]
enum Source<'a> {
    Transaction(&'a mut Transaction),
    Database(&'a Database),
}

impl Database {
    /// Looks for records outside any transaction.
    pub fn select<M: ModelResource>(&self) -> Find<'_, M> {
        Find::new(Source::Database(self))
    }
}

impl<'a, M: ModelResource> Find<'a, M> {
    pub(super) fn in_transaction(transaction: &'a mut Transaction) -> Self {
        Self::new(Source::Transaction(transaction))
    }

    fn new(source: Source<'a>) -> Self {
        let query = Query {
            order: Vec::new(),
            limit: MOST,
            ..Query::first_page(M::descriptor())
        };
        Self {
            source,
            query,
            of: PhantomData,
        }
    }

    /// Only rows for which this holds too.
    pub fn filter(mut self, filter: Filter<M>) -> Self {
        self.query.conditions.push(filter.condition);
        self
    }

    /// Sorted by this, after what was said before; at last by the key.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "orders are written where they are used"
    )]
    pub fn order_by(mut self, order: Order<M>) -> Self {
        self.query.order.push(order.sort);
        self
    }

    /// At most this many rows; all of them when nothing is said.
    pub fn limit(mut self, rows: u64) -> Self {
        self.query.limit = rows.min(MOST);
        self
    }

    /// Passes over this many rows first.
    pub fn offset(mut self, rows: u64) -> Self {
        self.query.start = Start::Offset(rows.min(MOST));
        self
    }

    /// All records of it.
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    pub async fn all(self) -> Result<Vec<M>, Report> {
        self.run(|rows| {
            let mut records = Vec::new();
            while let Some(row) = rows.next()? {
                records.push(M::from_row(&row)?);
            }
            Ok(records)
        })
        .await
    }

    /// The first record of it.
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    pub async fn first(self) -> Result<Option<M>, Report> {
        self.limit(1)
            .run(|rows| Ok(rows.next()?.map(|row| M::from_row(&row)).transpose()?))
            .await
    }

    /// How many records there are, whatever the limit and the offset.
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    pub async fn count(self) -> Result<u64, Report> {
        let (descriptor, conditions) = (M::descriptor(), &self.query.conditions);
        let count = match self.source {
            Source::Transaction(transaction) => {
                let statement = transaction.dialect().count(descriptor, conditions);
                transaction.rows(statement, counted).await
            }
            Source::Database(database) => {
                let statement = database.dialect().count(descriptor, conditions);
                database.rows(statement, counted).await
            }
        };
        Ok(count?)
    }

    async fn run<T: Send + 'static>(
        self,
        decode: impl FnOnce(&mut Rows<'_>) -> Result<T, DatabaseError> + Send + 'static,
    ) -> Result<T, Report> {
        let descriptor = M::descriptor();
        let query = Query {
            order: total(descriptor, self.query.order),
            ..self.query
        };
        let decoded = match self.source {
            Source::Transaction(transaction) => {
                let statement = transaction.dialect().select(descriptor, &query);
                transaction.rows(statement, decode).await
            }
            Source::Database(database) => {
                let statement = database.dialect().select(descriptor, &query);
                database.rows(statement, decode).await
            }
        };
        Ok(decoded?)
    }
}
