//! Looking for records in code: `tx.select::<Book>().filter(Book::PUB_YEAR.ge(2000)).all()`, and the same for hooks of reads.
//!
//! It does not know of URLs.

use std::marker::PhantomData;

use super::Transaction;
use super::endpoint::counted;
use crate::column::{Column, ColumnType, Value};
use crate::database::{Database, DatabaseError, Rows};
use crate::error::{ApiError, Report};
use crate::query::{Condition, Ends, Filter, Order, Query, Start, total};
use crate::resource::ModelResource;
use crate::sql::{Dialect, Statement};

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

/// A page of records.
#[derive(Clone, Debug)]
pub struct RecordPage<M> {
    /// The records, in the order of the query.
    pub records: Vec<M>,
    /// Whether there are rows after these; for a page before a cursor, before these.
    pub more: bool,
    /// The columns of the order, where pages are found by cursors.
    order: Option<Vec<usize>>,
}

impl<M: ModelResource> RecordPage<M> {
    /// What the first and the last of them hold in the columns of the order, where pages are found by cursors.
    ///
    /// # Errors
    /// A [`Report`] with 500 when a record has a value that cannot be written.
    pub fn ends(&self) -> Result<Option<Ends>, Report> {
        let (Some(order), Some(first), Some(last)) =
            (&self.order, self.records.first(), self.records.last())
        else {
            return Ok(None);
        };
        let held = |record: &M| -> Result<Vec<Value>, Report> {
            let values = record.values().map_err(ApiError::serialization)?;
            Ok(order
                .iter()
                .filter_map(|&column| values.get(column).cloned())
                .collect())
        };
        Ok(Some(Ends {
            first: held(first)?,
            last: held(last)?,
        }))
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

impl Source<'_> {
    fn dialect(&self) -> Dialect {
        match self {
            Self::Transaction(transaction) => transaction.dialect(),
            Self::Database(database) => database.dialect(),
        }
    }
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

    /// The first record of it, and the records of another resource that refer to it by that column, in the order of their
    /// keys.
    ///
    /// On `SQLite` both are looked for by one reader, which is woken once; they are two reads, between which somebody may
    /// write, unless they are in a transaction.
    ///
    /// ```
    /// use topchef_runtime::{Database, ModelResource};
    ///
    /// #[derive(ModelResource)]
    /// struct Author {
    ///     id: i64,
    ///     #[resource(unique)]
    ///     name: String,
    /// }
    ///
    /// #[derive(ModelResource)]
    /// struct Portrait {
    ///     id: i64,
    ///     #[resource(references = Author)]
    ///     author_id: i64,
    ///     alt: String,
    /// }
    ///
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let database = Database::temporary().await?;
    /// # database.create_tables::<(Author, Portrait)>().await?;
    /// # let author = Author { id: 7, name: "Ursula".into() };
    /// # let portrait = Portrait { id: 1, author_id: 7, alt: "in her garden".into() };
    /// # database.inserts().insert(&author)?.insert(&portrait)?.commit().await?;
    /// let author = database.select::<Author>().filter(Author::NAME.eq("Ursula"));
    /// let (author, portraits) = author.first_with(Portrait::AUTHOR_ID).await?.ok_or("no such author")?;
    /// assert_eq!((author.id, portraits[0].alt.as_str()), (7, "in her garden"));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    pub async fn first_with<N, T>(
        mut self,
        referring: Column<N, T>,
    ) -> Result<Option<(M, Vec<N>)>, Report>
    where
        N: ModelResource,
        T: ColumnType,
        M::Key: ColumnType + Into<T>,
    {
        self.query.limit = 1;
        let dialect = self.source.dialect();
        let decode = move |rows: &mut Rows<'_>| {
            let Some(row) = rows.next()? else {
                return Ok((None, None));
            };
            let record = M::from_row(&row)?;
            let key = M::Key::from_cell(row.cell(M::KEY[0])?)?;
            let query = Query {
                conditions: vec![referring.eq(key).condition],
                order: total(N::descriptor(), Vec::new()),
                limit: MOST,
                ..Query::first_page(N::descriptor())
            };
            let beside = dialect.select(N::descriptor(), &query);
            Ok((Some((record, Vec::new())), Some(beside)))
        };
        let add = |found: &mut Option<(M, Vec<N>)>, rows: &mut Rows<'_>| {
            let Some((_, beside)) = found else {
                return Ok(());
            };
            while let Some(row) = rows.next()? {
                beside.push(N::from_row(&row)?);
            }
            Ok(())
        };
        let (source, statement) = self.into_statement();
        let found = match source {
            Source::Transaction(transaction) => {
                let (mut found, beside) = transaction.rows(statement, decode).await?;
                if let Some(beside) = beside {
                    let read = move |rows: &mut Rows<'_>| add(&mut found, rows).map(|()| found);
                    found = transaction.rows(beside, read).await?;
                }
                found
            }
            Source::Database(database) => database.rows_with(statement, decode, add).await?,
        };
        Ok(found)
    }

    /// As a client's query says, in place of all that was said before; its selection is not looked at.
    pub fn query(mut self, query: Query) -> Self {
        self.query = query;
        self
    }

    /// A page of it: at most as many records as its limit, and as long as `fits` says that one more does; the first always
    /// does, so that every page leads on.
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    pub async fn page(
        mut self,
        mut fits: impl FnMut(&M) -> bool + Send + 'static,
    ) -> Result<RecordPage<M>, Report> {
        let limit = self.query.limit;
        // One more tells whether there are rows beyond.
        self.query.limit = limit.saturating_add(1);
        let order = total(M::descriptor(), self.query.order.clone());
        let order = order.iter().map(|sort| sort.column).collect::<Vec<_>>();
        let (order, backward) = match &self.query.start {
            Start::Offset(_) => (None, false),
            Start::First => (Some(order), false),
            Start::Cursor(cursor) => (Some(order), cursor.backward),
        };
        let (mut records, more) = self
            .run(move |rows| {
                let mut records: Vec<M> = Vec::new();
                while let Some(row) = rows.next()? {
                    let record = M::from_row(&row)?;
                    let is_full = records.len() as u64 == limit;
                    if is_full || (!fits(&record) && !records.is_empty()) {
                        return Ok((records, true));
                    }
                    records.push(record);
                }
                Ok((records, false))
            })
            .await?;
        if backward {
            records.reverse();
        }
        Ok(RecordPage {
            records,
            more,
            order,
        })
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

    /// How many records there are for each pair of what two columns hold, in their order; pairs without a record are left
    /// out. The limit, the offset and the order are not looked at.
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    pub async fn count_by<A, B>(
        self,
        first: Column<M, A>,
        second: Column<M, B>,
    ) -> Result<Vec<(A, B, u64)>, Report>
    where
        A: Send + 'static,
        B: Send + 'static,
        M: 'static,
    {
        let (descriptor, conditions) = (M::descriptor(), &self.query.conditions);
        let columns = [first.index(), second.index()];
        let decode = move |rows: &mut Rows<'_>| {
            let mut counts = Vec::new();
            while let Some(row) = rows.next()? {
                let count = i64::from_cell(row.cell(2)?)?;
                counts.push((
                    first.decode_cell(row.cell(0)?)?,
                    second.decode_cell(row.cell(1)?)?,
                    u64::try_from(count).unwrap_or_default(),
                ));
            }
            Ok(counts)
        };
        let counts = match self.source {
            Source::Transaction(transaction) => {
                let dialect = transaction.dialect();
                let statement = dialect.count_by(descriptor, conditions, &columns);
                transaction.rows(statement, decode).await
            }
            Source::Database(database) => {
                let dialect = database.dialect();
                let statement = dialect.count_by(descriptor, conditions, &columns);
                database.rows(statement, decode).await
            }
        };
        Ok(counts?)
    }

    async fn run<T: Send + 'static>(
        self,
        decode: impl FnOnce(&mut Rows<'_>) -> Result<T, DatabaseError> + Send + 'static,
    ) -> Result<T, Report> {
        let (source, statement) = self.into_statement();
        let decoded = match source {
            Source::Transaction(transaction) => transaction.rows(statement, decode).await,
            Source::Database(database) => database.rows(statement, decode).await,
        };
        Ok(decoded?)
    }

    fn into_statement(self) -> (Source<'a>, Statement) {
        let descriptor = M::descriptor();
        let query = Query {
            order: total(descriptor, self.query.order),
            ..self.query
        };
        let statement = self.source.dialect().select(descriptor, &query);
        (self.source, statement)
    }
}
