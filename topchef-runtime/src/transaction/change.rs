//! A record that is changed as it says itself, without holding a transaction.
//!
//! It does not know what is changed.

use super::Tracked;
use super::inserts::Inserts;
use super::references::Look;
use super::tracked::with_updates;
use crate::column::KeyType;
use crate::column::{Row, Value, ValueCells};
use crate::database::{Database, DatabaseError};
use crate::error::Report;
use crate::query::Condition;
use crate::resource::ModelResource;

/// What was decided of a record: the answer, and the record as it is stored then.
type Decided<M, T> = Result<(T, M), Report>;

impl Database {
    /// Changes a record by what it holds, and stores other records with it: all of it, or nothing.
    ///
    /// `decide` is given the record, which nobody else changes meanwhile, and waits for nothing: on `SQLite` the whole is
    /// one unit of the writer, which shares its commit with whatever else waits, where a
    /// [`Transaction`](super::Transaction) holds the writer between its statements and commits alone.
    /// It may be asked again: `PostgreSQL` can undo a unit for the sake of another one.
    ///
    /// ```
    /// use topchef_runtime::{ApiError, Database, ModelResource};
    ///
    /// #[derive(ModelResource)]
    /// struct Account {
    ///     id: i64,
    ///     balance: i64,
    /// }
    ///
    /// #[derive(ModelResource)]
    /// struct Withdrawal {
    ///     id: i64,
    ///     #[resource(references = Account)]
    ///     account_id: i64,
    ///     amount: i64,
    /// }
    ///
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let database = Database::temporary().await?;
    /// # database.create_tables::<(Account, Withdrawal)>().await?;
    /// # database.inserts().insert(&Account { id: 7, balance: 100 })?.commit().await?;
    /// let changed = database.change::<Account, _>(7, |account, beside| {
    ///     let rest = account.balance - 30;
    ///     if rest < 0 {
    ///         return Err(ApiError::forbidden("there is not that much").into());
    ///     }
    ///     account.set(Account::BALANCE, rest);
    ///     beside.add(&Withdrawal { id: 0, account_id: 7, amount: 30 })
    /// });
    /// let (_, account) = changed.await?.ok_or("no such account")?;
    /// assert_eq!(account.balance, 70);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// A [`Report`]: what `decide` refuses with; 409 with the field when a value is not unique or a reference does not
    /// hold. Then nothing is changed.
    pub async fn change<M: ModelResource, T: Send + 'static>(
        &self,
        key: impl Into<M::Key>,
        mut decide: impl FnMut(&mut Tracked<M>, &mut Inserts<'_>) -> Result<T, Report> + Send + 'static,
    ) -> Result<Option<(T, M)>, Report> {
        let descriptor = M::descriptor();
        let condition = Condition::is_key(descriptor, &key.into().to_key());
        let dialect = self.dialect();
        let select = dialect.select_to_change(descriptor, std::slice::from_ref(&condition));
        let database = self.clone();
        let unit = move |_: usize, row: &Row<'_>| {
            let mut record = Tracked::stored(M::from_row(row)?)?;
            let mut beside = database.inserts();
            let answer = match decide(&mut record, &mut beside) {
                Ok(answer) => answer,
                Err(refusal) => return Ok((Err(refusal), Vec::new())),
            };
            let changes = with_updates(descriptor, record.changes()?);
            let mut statements = beside.into_statements();
            let changed = changed::<M>(&record, &changes)?;
            if !changes.is_empty() {
                let is_it = std::slice::from_ref(&condition);
                statements.insert(0, dialect.update(descriptor, is_it, &changes));
            }
            Ok((Ok((answer, changed)), statements))
        };
        let unit: Result<Option<Decided<M, T>>, _> = self.write_with(vec![select], unit).await;
        match unit {
            Ok(found) => found.transpose(),
            Err(error) => {
                let refusal = error.into_report(Some(descriptor));
                Err(Look::Outside(self).written(refusal, descriptor, &[]).await)
            }
        }
    }
}

/// The record as it is stored with its changes: the statement counts its version.
fn changed<M: ModelResource>(record: &M, changes: &[(usize, Value)]) -> Result<M, DatabaseError> {
    let mut values = record.values()?;
    if !changes.is_empty()
        && let Some(version) = M::descriptor().version()
        && let Value::BigInt(Some(number)) = &mut values[version]
    {
        *number += 1;
    }
    for (index, value) in changes {
        values[*index] = value.clone();
    }
    Ok(M::from_row(&Row::new(&ValueCells(&values)))?)
}
