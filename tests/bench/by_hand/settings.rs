//! What a server is told by its environment.
//!
//! It does not know which server it is for.

use std::env::{self, VarError};
use std::str::FromStr;

use crate::Failure;

/// How a server is to run.
#[derive(Debug)]
pub(crate) struct Settings {
    /// `BOOKS_ADDRESS`: the host and port to listen on.
    pub(crate) address: String,
    /// `BOOKS_DATABASE`: a file, or the URL of a database.
    pub(crate) database: String,
    /// `BOOKS_POOL`: connections or readers, where it is said.
    pub(crate) pool: Option<u32>,
    /// `BOOKS_ROWS`: how many rows an empty table is filled with.
    pub(crate) rows: i64,
}

impl Settings {
    pub(crate) fn read() -> Result<Self, Failure> {
        let address = text("BOOKS_ADDRESS")?;
        Ok(Self {
            address: address.unwrap_or_else(|| "127.0.0.1:3000".to_owned()),
            database: text("BOOKS_DATABASE")?.unwrap_or_default(),
            pool: number("BOOKS_POOL")?,
            rows: number("BOOKS_ROWS")?.unwrap_or(0),
        })
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the servers of the comparison are told by their environment alone"
)]
fn text(name: &str) -> Result<Option<String>, Failure> {
    match env::var(name) {
        Ok(value) => Ok(Some(value)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(format!("{name} is not text").into()),
    }
}

fn number<T: FromStr>(name: &str) -> Result<Option<T>, Failure> {
    let number = text(name)?.map(|value| value.parse()).transpose();
    number.map_err(|_| format!("{name} is not a number").into())
}
