//! What an operator sees of the outbox and may do with it.
//!
//! It does not know what is in a message.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::message::now;
use crate::column::{ColumnType as _, DecodeError, Row};
use crate::database::Database;
use crate::error::Report;
use crate::sql::{Statement, Which};

use super::super::endpoint::counted;

/// The outbox of a database, for operators: what waits, what was given up, and another try for it.
#[derive(Clone, Debug)]
pub struct Outbox(Database);

/// A message that waits, or was given up; what it holds of the record is not shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OutboxMessage {
    /// Its number: later ones are greater.
    pub sequence: i64,
    /// The path of the resource whose hook it is for.
    pub resource: String,
    /// The key of the record, as a part of a path.
    pub record: String,
    /// The method whose hook it is for.
    pub method: String,
    /// How often the hook was tried.
    pub attempts: i64,
    /// When it was stored.
    pub created_at: DateTime<Utc>,
    /// When it is tried next; of no meaning when it was given up.
    pub due_at: DateTime<Utc>,
    /// When it was given up.
    pub dead_at: Option<DateTime<Utc>>,
    /// What the hook last failed with, as a client would be told.
    pub error: Option<String>,
}

impl Database {
    /// The outbox, for operators.
    pub fn outbox(&self) -> Outbox {
        Outbox(self.clone())
    }
}

impl Outbox {
    /// Messages that wait for their delivery, the oldest first, after the one with this number; 0 for the first ones.
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    pub async fn waiting(&self, after: i64, limit: u32) -> Result<Vec<OutboxMessage>, Report> {
        self.list(Which::Waiting, after, limit).await
    }

    /// Messages that were given up, the oldest first, after the one with this number; 0 for the first ones.
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    pub async fn dead(&self, after: i64, limit: u32) -> Result<Vec<OutboxMessage>, Report> {
        self.list(Which::Dead, after, limit).await
    }

    /// How many messages wait.
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    pub async fn count_waiting(&self) -> Result<u64, Report> {
        self.count(Which::Waiting).await
    }

    /// How many messages were given up.
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    pub async fn count_dead(&self) -> Result<u64, Report> {
        self.count(Which::Dead).await
    }

    /// Has a message tried again at once, as if it was new; false when there is none with this number.
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    pub async fn retry(&self, sequence: i64) -> Result<bool, Report> {
        let statement = self.0.dialect().revive_message(sequence, now());
        self.write(statement).await
    }

    /// Has all messages that were given up tried again.
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    pub async fn retry_dead(&self) -> Result<(), Report> {
        let statement = self.0.dialect().revive_dead_messages(now());
        self.write(statement).await.map(drop)
    }

    /// Removes a message that was given up, so that its hook is never run; false when there is none with this number.
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    pub async fn discard(&self, sequence: i64) -> Result<bool, Report> {
        let statement = self.0.dialect().delete_dead_message(sequence);
        self.write(statement).await
    }

    async fn list(
        &self,
        which: Which,
        after: i64,
        limit: u32,
    ) -> Result<Vec<OutboxMessage>, Report> {
        self.0.prepare().await?;
        let dialect = self.0.dialect();
        let statement = dialect.list_messages(which, after, u64::from(limit));
        let listed = self.0.rows(statement, |rows| {
            let mut messages = Vec::new();
            while let Some(row) = rows.next()? {
                messages.push(OutboxMessage::from_row(&row)?);
            }
            Ok(messages)
        });
        Ok(listed.await?)
    }

    async fn count(&self, which: Which) -> Result<u64, Report> {
        self.0.prepare().await?;
        let statement = self.0.dialect().count_messages(which);
        Ok(self.0.rows(statement, counted).await?)
    }

    /// Whether the statement gave a row.
    async fn write(&self, statement: Statement) -> Result<bool, Report> {
        self.0.prepare().await?;
        let written = self.0.write(vec![statement], |_, _| Ok(()));
        Ok(written.await?.is_some())
    }
}

impl OutboxMessage {
    fn from_row(row: &Row<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            sequence: i64::from_cell(row.cell(0)?)?,
            resource: String::from_cell(row.cell(1)?)?,
            record: String::from_cell(row.cell(2)?)?,
            method: String::from_cell(row.cell(3)?)?,
            attempts: i64::from_cell(row.cell(4)?)?,
            created_at: moment(i64::from_cell(row.cell(5)?)?)?,
            due_at: moment(i64::from_cell(row.cell(6)?)?)?,
            dead_at: Option::<i64>::from_cell(row.cell(7)?)?
                .map(moment)
                .transpose()?,
            error: Option::<String>::from_cell(row.cell(8)?)?,
        })
    }
}

fn moment(millis: i64) -> Result<DateTime<Utc>, DecodeError> {
    DateTime::from_timestamp_millis(millis)
        .ok_or_else(|| DecodeError::new("a time", millis.to_string()))
}
