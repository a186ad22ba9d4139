//! The application: the database, the resources, and what they share.
//!
//! It does not know which paths lead to it.

use std::num::NonZeroU32;
use std::sync::Arc;

use http::Extensions;
use http::request::Parts;
use topchef_runtime::database::DatabaseError;
use topchef_runtime::transaction::Endpoint;
use topchef_runtime::{Context, Database, Principal, policies};

use crate::config::{Config, DatabaseAddress, Metadata};
use crate::contract::Limits;
use crate::metrics::{LastStored, Metrics};
use crate::migrations::{self, MigrationError, Standing};
use crate::queue::Queue;
use crate::readiness::Readiness;
use crate::resources::Service;
use crate::tokens::Tokens;

/// The application's state; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Shared>);

struct Shared {
    database: Database,
    queue: Queue,
    state: Extensions,
    services: Endpoint,
    public_url: Option<String>,
    max_body_bytes: usize,
    metadata: Metadata,
    readiness: Readiness,
    metrics: Metrics,
    stored: LastStored,
    tokens: Tokens,
}

/// Why the application could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The tables are not those of this program.
    #[error(transparent)]
    Migrate(#[from] MigrationError),
    /// The database could not be opened.
    #[error("the database cannot be opened")]
    Open(#[from] DatabaseError),
}

/// Opens the database of an address, over so many connections where there are any.
pub(crate) async fn open(
    address: &DatabaseAddress,
    connections: Option<NonZeroU32>,
) -> Result<Database, DatabaseError> {
    match address {
        // Nearly every read of a queue comes after a write: the file would be mapped anew for each.
        DatabaseAddress::Sqlite(path) => Database::sqlite(path).mmap_size(0).open().await,
        DatabaseAddress::Postgres(address) => {
            let mut options = Database::postgres(address.url());
            if let Some(connections) = connections {
                options = options.connections(connections.get());
            }
            options.open().await
        }
    }
}

impl App {
    /// Makes the database where there is none, opens it, and puts the resources over it.
    ///
    /// An application that has resources of its own keeps them in the same [`database`](Self::database), so that its hooks
    /// submit jobs in the transactions of its writes; [`routes`](crate::router::routes) shows how. Of the settings it needs
    /// none but the database.
    ///
    /// ```
    /// use topchef_server::app::App;
    /// use topchef_server::config::Config;
    ///
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = tempfile::TempDir::new()?;
    /// # let file = folder.path().join("lab.db").display().to_string();
    /// let app = App::open(Config { database: file.parse()?, ..Config::default() }).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// When the database is not what this program needs, or cannot be opened.
    pub async fn open(config: Config) -> Result<Self, OpenError> {
        migrations::prepare(&config.database).await?;
        let database = open(&config.database, config.database_connections).await?;
        Ok(Self::over(database, config))
    }

    /// Puts the resources over a database that is open already, with options of the caller's own.
    ///
    /// Its tables must be there: [`migrations::prepare`] makes them in a new database, and refuses one of another program.
    /// Of the settings, `database` says which kind it is; the limits, the public URL, what the server says of itself and, for
    /// [`router`](crate::router::router), the tokens are heeded; the others are for who starts a server.
    ///
    /// ```
    /// use std::time::Duration;
    /// use topchef_runtime::Database;
    /// use topchef_server::app::App;
    /// use topchef_server::config::Config;
    /// use topchef_server::migrations;
    ///
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = tempfile::TempDir::new()?;
    /// # let path = folder.path().join("lab.db");
    /// # let file = path.display().to_string();
    /// let config = Config { database: file.parse()?, ..Config::default() };
    /// migrations::prepare(&config.database).await?;
    /// let database = Database::sqlite(path).transaction_timeout(Duration::from_secs(2));
    /// let app = App::over(database.open().await?, config);
    /// # let _ = app; Ok(()) }
    /// ```
    pub fn over(database: Database, config: Config) -> Self {
        let limits = Limits {
            schema_bytes: config.limits.schema_bytes,
            document_bytes: config.limits.document_bytes,
            depth: config.limits.depth,
            evaluations: config.limits.validation_milliseconds
                * Limits::EVALUATIONS_PER_MILLISECOND,
            ..Limits::default()
        };
        let queue = Queue::new(database.clone(), limits).worker_timeout(config.worker_timeout);
        let mut state = Extensions::new();
        state.insert(queue.contracts().clone());
        Self(Arc::new(Shared {
            database,
            queue,
            state,
            services: Endpoint::of::<Service>(),
            readiness: Readiness::new(Standing::expected(&config.database)),
            metrics: Metrics::new(),
            stored: LastStored::default(),
            public_url: config.public_url,
            max_body_bytes: config.limits.body_bytes,
            metadata: config.metadata,
            tokens: config.tokens,
        }))
    }

    /// The database.
    pub fn database(&self) -> &Database {
        &self.0.database
    }

    /// The queue: state for an [`Api`](topchef_runtime::Api) whose hooks submit jobs ([`Submit`](crate::queue::Submit)).
    pub fn queue(&self) -> &Queue {
        &self.0.queue
    }

    /// The services.
    pub fn services(&self) -> Endpoint {
        self.0.services
    }

    /// The address that clients know the server by, when it was told.
    pub fn public_url(&self) -> Option<&str> {
        self.0.public_url.as_deref()
    }

    /// The most bytes of a body.
    pub fn max_body_bytes(&self) -> usize {
        self.0.max_body_bytes
    }

    /// What the server says about itself.
    pub fn metadata(&self) -> &Metadata {
        &self.0.metadata
    }

    /// Whether requests can be served now.
    pub fn readiness(&self) -> &Readiness {
        &self.0.readiness
    }

    /// What the server counts of itself.
    pub fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// What of the metrics stands in the database.
    pub fn stored(&self) -> &LastStored {
        &self.0.stored
    }

    /// Who may use the server; anybody where there is none.
    pub fn tokens(&self) -> &Tokens {
        &self.0.tokens
    }

    /// The context of a request, with whoever sends it, for operations on resources.
    pub fn context(&self, parts: &Parts) -> Context {
        Context::new(self.0.database.clone(), self.0.state.clone(), parts)
            .with_principal(parts.extensions.get::<Principal>().cloned())
            .with_policy(policies::anybody)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_of_the_settings_are_those_of_contracts() {
        let (settings, limits) = (Config::default().limits, Limits::default());
        assert_eq!(settings.schema_bytes, limits.schema_bytes);
        assert_eq!(settings.depth, limits.depth);
        let evaluations = settings.validation_milliseconds * Limits::EVALUATIONS_PER_MILLISECOND;
        assert_eq!(evaluations, limits.evaluations);
    }
}
