//! Ends statements that nobody waits for any more: a server does not see that a client is gone while it waits for a lock.
//!
//! It does not know whose they were.

use std::sync::Arc;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Error, PgConnection, Row as _};
use tokio::sync::Mutex;

/// Asks the server to end statements, over a connection of its own, which is made when it is first needed.
pub(super) struct Cancel {
    address: PgConnectOptions,
    connection: Mutex<Option<PgConnection>>,
}

/// The server's process behind a connection, and how it is asked to end what it does.
pub(super) struct Process {
    number: i32,
    cancel: Arc<Cancel>,
}

impl Cancel {
    pub(super) fn new(address: PgConnectOptions) -> Self {
        Self {
            address,
            connection: Mutex::default(),
        }
    }

    async fn process(&self, number: i32) -> Result<(), Error> {
        let mut kept = self.connection.lock().await;
        // One on which something fails, or that is given up, is not used again.
        let mut connection = match kept.take() {
            Some(connection) => connection,
            None => self.address.connect().await?,
        };
        sqlx::query("SELECT pg_cancel_backend($1)")
            .bind(number)
            .execute(&mut connection)
            .await?;
        *kept = Some(connection);
        Ok(())
    }
}

impl Process {
    /// The one behind this connection; none where the server does not say it.
    pub(super) async fn of(
        connection: &mut PgConnection,
        cancel: &Arc<Cancel>,
    ) -> Result<Option<Self>, Error> {
        let asked = sqlx::query("SELECT pg_backend_pid()").persistent(false);
        match asked.fetch_one(connection).await {
            Ok(row) => Ok(row.try_get(0).ok().map(|number| Self {
                number,
                cancel: Arc::clone(cancel),
            })),
            Err(Error::Database(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Asks the server to end what it does now. Who holds its connection asks it for something afterwards: then it has heard
    /// of this, and what comes later is not ended by it.
    pub(super) async fn cancel(&self) -> Result<(), Error> {
        self.cancel.process(self.number).await
    }
}
