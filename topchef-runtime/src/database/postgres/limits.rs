//! How long the server may take, as its settings say it: for a connection, and for a transaction.
//!
//! It does not know what is done in that time. The numbers are whole, and SET takes no bound values.

use std::sync::Arc;
use std::time::Duration;

use super::GRACE;
use super::batch::PATIENCE;
use super::session::SAVEPOINT;

/// The texts that open transactions. No setting outlives its transaction, in which locks are waited for as long as the
/// server's own settings say.
#[derive(Debug)]
pub(super) struct Begin {
    pub(super) session: Arc<str>,
    pub(super) unit: Arc<str>,
    pub(super) read: Arc<str>,
}

impl Begin {
    pub(super) fn new(timeout: Duration) -> Self {
        let limits = format!(
            "SET LOCAL {}; SET LOCAL lock_timeout TO DEFAULT",
            of_statements(timeout)
        );
        let idle = (timeout + GRACE).as_millis();
        let unit =
            format!("BEGIN; {limits}; SET LOCAL idle_in_transaction_session_timeout = {idle}");
        Self {
            session: format!("{unit}; {SAVEPOINT}").into(),
            unit: unit.into(),
            read: format!("BEGIN READ ONLY; {limits}").into(),
        }
    }
}

/// What is said on each connection.
///
/// Where there are batches, a statement without a transaction waits for each lock as long as those may who are in a batch
/// with it, and then in a transaction.
pub(super) fn greeting(timeout: Duration, batches: bool) -> Arc<str> {
    let limit = of_statements(timeout);
    if batches {
        let patience = PATIENCE.as_millis();
        format!("SET {limit}; SET lock_timeout = {patience}").into()
    } else {
        format!("SET {limit}").into()
    }
}

fn of_statements(timeout: Duration) -> String {
    format!("statement_timeout = {}", timeout.as_millis().max(1))
}
