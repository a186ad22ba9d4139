//! A record that is changed as it says itself, without holding a transaction.
//!
//! It does not know what is changed.

use std::sync::{Arc, Mutex, PoisonError};

use super::Tracked;
use super::inserts::{First, Inserts};
use super::references::Look;
use super::tracked::with_updates;
use crate::column::{KeyType, Row, Value, ValueCells};
use crate::database::{Database, DatabaseError};
use crate::descriptor::Descriptor;
use crate::error::Report;
use crate::query::Condition;
use crate::resource::ModelResource;

/// What the last attempt came to, for who has to say why it failed.
#[derive(Default)]
struct Attempt {
    /// What was decided against it.
    refusal: Option<Report>,
    changes: Vec<(usize, Value)>,
    /// The first of the records beside it.
    beside: Option<First>,
}

impl Database {
    /// Changes a record by what it holds, and stores other records with it: all of it, or nothing.
    ///
    /// `decide` is given the record, which nobody else changes meanwhile, and waits for nothing: on `SQLite` the whole is
    /// one unit of the writer, which shares its commit with whatever else waits, where a
    /// [`Transaction`](super::Transaction) holds the writer between its statements and commits alone.
    /// It may be asked again: `PostgreSQL` can undo a unit for the sake of another one.
    ///
    /// The record is given back as it was changed; of what a trigger or a type of the database makes of it, nothing is read.
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
        let attempt = Arc::new(Mutex::new(Attempt::default()));
        let last = Arc::clone(&attempt);
        let unit = move |_: usize, row: &Row<'_>| {
            let stored = M::from_row(row)?;
            let version = descriptor.version().map(|_| stored.values()).transpose()?;
            let mut record = Tracked::stored(stored)?;
            let mut beside = database.inserts();
            let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
            let answer = match decide(&mut record, &mut beside) {
                Ok(answer) => answer,
                Err(refusal) => {
                    last.refusal = Some(refusal);
                    // Nothing of the unit stays; what is said is the refusal.
                    return Err(DatabaseError::Forbidden);
                }
            };
            let changes = with_updates(descriptor, record.changes()?);
            let record = changed::<M>(&record, version, &changes)?;
            let (first, mut statements) = beside.into_parts();
            if !changes.is_empty() {
                let is_it = std::slice::from_ref(&condition);
                statements.insert(0, dialect.update(descriptor, is_it, &changes));
            }
            last.changes = changes;
            last.beside = first;
            Ok(((answer, record), statements))
        };
        let error = match self.write_with(vec![select], unit).await {
            Ok(found) => return Ok(found),
            Err(error) => error,
        };
        let attempt = std::mem::take(&mut *attempt.lock().unwrap_or_else(PoisonError::into_inner));
        Err(self.why_not_changed(descriptor, error, attempt).await)
    }

    /// Why a record was not changed: databases do not say which of several statements was refused.
    async fn why_not_changed(
        &self,
        descriptor: &'static Descriptor,
        error: DatabaseError,
        attempt: Attempt,
    ) -> Report {
        if let Some(refusal) = attempt.refusal {
            return refusal;
        }
        let whose = match &attempt.beside {
            None => Some(descriptor),
            Some((beside, _)) if attempt.changes.is_empty() => Some(*beside),
            Some(_) => None,
        };
        let refusal = error.into_report(whose);
        let look = Look::Outside(self);
        let refusal = look.written(refusal, descriptor, &attempt.changes).await;
        match attempt.beside {
            Some((beside, values)) => {
                let look = Look::Outside(self);
                look.written(refusal, beside, &values).await
            }
            None => refusal,
        }
    }
}

/// The record with its changes; its version is counted by the statement, from the stored one.
fn changed<M: ModelResource>(
    record: &M,
    stored: Option<Vec<Value>>,
    changes: &[(usize, Value)],
) -> Result<M, DatabaseError> {
    let mut values = record.values()?;
    if let (Some(version), Some(stored)) = (M::descriptor().version(), stored) {
        let counted = i64::from(!changes.is_empty());
        values[version] = match stored[version] {
            Value::BigInt(Some(number)) => Value::from(number.saturating_add(counted)),
            ref other => other.clone(),
        };
    }
    for (index, value) in changes {
        values[*index] = value.clone();
    }
    Ok(M::from_row(&Row::new(&ValueCells(&values)))?)
}
