//! What a database can answer instead of rows, without a driver's types, and what of it a client is told.
//!
//! It does not know how drivers say it.

use crate::column::{DecodeError, EncodeError};
use crate::descriptor::Descriptor;
use crate::error::{ApiError, Report};

/// A statement or a transaction that failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DatabaseError {
    /// Another row has these values already.
    #[error("the values of {columns:?} are not unique")]
    NotUnique {
        /// The columns, as the table names them; empty when the database does not say.
        columns: Vec<String>,
    },
    /// A row that is referred to does not exist, or one that refers to this one does.
    #[error("a foreign key does not hold")]
    ForeignKey,
    /// A column that must have a value has none.
    #[error("the column {column} must not be null")]
    NotNull {
        /// The column, as the table names it.
        column: String,
    },
    /// A rule of the table is broken.
    #[error("a check of the table does not hold")]
    Check,
    /// The row that a write would leave behind is not one that the policy permits.
    #[error("the row that the write would leave behind is not permitted")]
    Forbidden,
    /// Too much is waiting, or another program holds the file.
    #[error("the database is busy")]
    Busy,
    /// The transaction was open for too long, or failed so that the database undid it, and was rolled back.
    #[error("the transaction took too long, or the database undid it: it was rolled back")]
    TimedOut,
    /// The transaction came into another's way, and nothing of it stands: it can be run again as a whole.
    #[error("the transaction conflicted with another one: it can be run again")]
    Conflict,
    /// The database cannot be reached, or takes no connections now.
    #[error("the database cannot be reached")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The address of a database is none.
    #[error("the address of the database cannot be used: {reason}")]
    Address {
        /// What is wrong with it; no part of it is repeated, because a password may be in it.
        reason: String,
    },
    /// Two resources have one table, which does not fit both.
    #[error("the tables cannot be made: {reason}")]
    SharedTable {
        /// Which resources, and what to write.
        reason: String,
    },
    /// The database's threads have ended.
    #[error("the database is closed")]
    Closed,
    /// A row is not what its resource says.
    #[error("a stored row is not what its resource says")]
    Decode(#[from] DecodeError),
    /// A row cannot be written as JSON.
    #[error("a row cannot be written as JSON")]
    Encode(#[from] EncodeError),
    /// Anything else that the driver says.
    #[error("the database failed")]
    Driver(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl DatabaseError {
    /// Whether the database said that a statement names a table which is not there.
    pub(super) fn is_missing_table(&self) -> bool {
        let Self::Driver(cause) = self else {
            return false;
        };
        #[cfg(feature = "postgres")]
        if super::postgres::is_missing_table(&**cause) {
            return true;
        }
        #[cfg(feature = "sqlite")]
        if super::sqlite::is_missing_table(&**cause) {
            return true;
        }
        false
    }

    /// What a client is told: names in it are wire names, and no text of the database's own.
    pub fn into_report(self, descriptor: Option<&Descriptor>) -> Report {
        match self {
            Self::NotUnique { ref columns } => {
                let mut report: Report = columns
                    .iter()
                    .filter_map(|name| descriptor?.wire_name(name))
                    .map(ApiError::not_unique)
                    .collect();
                if report.is_empty() {
                    report.push(ApiError::not_unique_together().caused_by(self));
                }
                report
            }
            Self::ForeignKey => ApiError::reference_broken().into(),
            Self::NotNull { column } => {
                match descriptor.and_then(|descriptor| descriptor.wire_name(&column)) {
                    Some(name) => ApiError::deserialization(name, "null", "must not be null"),
                    None => ApiError::constraint(),
                }
                .into()
            }
            Self::Check => ApiError::constraint().into(),
            Self::Forbidden => {
                ApiError::forbidden("the record would not be one that you may write").into()
            }
            Self::Busy | Self::TimedOut | Self::Unavailable(_) | Self::Closed => {
                ApiError::database_unavailable(self).into()
            }
            Self::Conflict => ApiError::transaction_conflict(self).into(),
            Self::Encode(error) => ApiError::serialization(error).into(),
            Self::Decode(error) => ApiError::serialization(error).into(),
            Self::Driver(_) | Self::Address { .. } | Self::SharedTable { .. } => {
                ApiError::internal(self).into()
            }
        }
    }
}

impl From<DatabaseError> for Report {
    fn from(error: DatabaseError) -> Self {
        error.into_report(None)
    }
}

#[cfg(all(test, feature = "sqlite"))]
mod tests {
    use crate::database::Database;
    use crate::sql::Statement;

    #[tokio::test]
    async fn only_a_table_that_is_not_there_is_missing() {
        let database = Database::temporary().await.unwrap();
        for (text, is_missing) in [
            ("SELECT 1 FROM nowhere", true),
            ("SELECT nothing FROM sqlite_schema", false),
        ] {
            let looked = database.rows(Statement::plain(text), |rows| rows.next().map(drop));
            let error = looked.await.unwrap_err();
            assert_eq!(error.is_missing_table(), is_missing, "{text}");
        }
    }
}
