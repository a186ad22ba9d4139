//! Whether a database that is open still stands where this program expects it, read as any of its rows are.
//!
//! It does not know what the steps do, and takes none.

use sqlx::migrate::Migrator;
use topchef_runtime::database::DatabaseError;
use topchef_runtime::{Database, ModelResource};

use super::{postgres, sqlite};
use crate::config::DatabaseAddress;

/// A row of the record of steps, in the form of sqlx.
#[derive(Clone, Debug, ModelResource)]
#[resource(table = "_sqlx_migrations", methods(get))]
struct Step {
    #[resource(primary_key)]
    version: i64,
    checksum: Vec<u8>,
    success: bool,
}

/// Where a database should stand: at the last step of this program, and not beyond.
#[derive(Clone, Copy, Debug)]
pub struct Standing(&'static Migrator);

impl Standing {
    /// What is expected of a database of this kind.
    pub fn expected(database: &DatabaseAddress) -> Self {
        Self(match database {
            DatabaseAddress::Sqlite(_) => &sqlite::STEPS,
            DatabaseAddress::Postgres(_) => &postgres::STEPS,
        })
    }

    /// Whether the database stands there: [`prepare`](super::prepare) has seen all steps before, so the last one tells
    /// whether somebody has put another database in its place, and one beyond it that it was brought forward.
    ///
    /// # Errors
    /// [`DatabaseError`] when the record cannot be read.
    pub async fn is_that_of(&self, database: &Database) -> Result<bool, DatabaseError> {
        let Some(last) = self.0.iter().last() else {
            return Ok(true);
        };
        let taken = database.find(Step::VERSION.eq(last.version)).await?;
        let is_last = taken.is_some_and(|it| it.success && it.checksum == *last.checksum);
        let beyond = database.find(Step::VERSION.gt(last.version)).await?;
        Ok(is_last && beyond.is_none())
    }
}
