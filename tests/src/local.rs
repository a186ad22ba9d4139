//! Resources served in the test's own process, over a file of its own: for suites that derive their resources themselves.
//!
//! It knows the runtime's `Api` and nothing of a suite's resources.

use crate::Api;
use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use topchef_runtime::Database;
use topchef_runtime::database::SqliteOptions;
use topchef_runtime::http::Undecided;
use topchef_runtime::schema::Resources;

/// What a suite adds its resources and its state to.
pub type Resourceful = topchef_runtime::Api<Undecided>;

/// A database in a directory that goes when this does, with the tables of the resources `R`.
#[derive(Debug)]
pub struct Store {
    directory: TempDir,
    database: Database,
}

impl Store {
    /// A new file.
    pub async fn new<R: Resources>() -> Self {
        Self::with::<R>(|options| options).await
    }

    /// A new file, opened as `options` says.
    pub async fn with<R: Resources>(options: impl FnOnce(SqliteOptions) -> SqliteOptions) -> Self {
        let directory = TempDir::new().unwrap();
        let file = Database::sqlite(directory.path().join("resources.db"));
        let database = options(file).open().await.unwrap();
        database.create_tables::<R>().await.unwrap();
        assert_eq!(database.compare::<R>().await.unwrap(), []);
        Self {
            directory,
            database,
        }
    }

    /// A new file whose transactions may take this long.
    pub async fn with_timeout<R: Resources>(timeout: Duration) -> Self {
        Self::with::<R>(|options| options.transaction_timeout(timeout)).await
    }

    /// The database.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The database as another program that opens the same file has it.
    pub async fn opened_again(&self) -> Database {
        let file = Database::sqlite(self.directory.path().join("resources.db"));
        file.open().await.unwrap()
    }

    /// Serves what `add` adds, to everybody, on a free port.
    pub async fn serve(self, add: impl FnOnce(Resourceful) -> Resourceful) -> Local {
        let api = add(topchef_runtime::Api::new(self.database.clone()));
        let served = Served::new(api).await;
        Local {
            store: self,
            served,
        }
    }
}

/// Resources that are served over a [`Store`].
#[derive(Debug)]
pub struct Local {
    store: Store,
    served: Served,
}

impl Local {
    /// The tables of `R` in a new file, and what `add` adds served over them.
    pub async fn start<R: Resources>(add: impl FnOnce(Resourceful) -> Resourceful) -> Self {
        Store::new::<R>().await.serve(add).await
    }

    /// A client.
    pub fn api(&self) -> Api {
        Api::new(&format!("http://{}", self.address()))
    }

    /// The host and port that it listens on.
    pub fn address(&self) -> &str {
        &self.served.address
    }

    /// The file of the database, for what another program would do to it.
    pub fn file(&self) -> PathBuf {
        self.store.directory.path().join("resources.db")
    }

    /// The database below it.
    pub fn database(&self) -> &Database {
        self.store.database()
    }
}

/// An API on a free port, until this value goes.
#[derive(Debug)]
pub struct Served {
    address: String,
    task: JoinHandle<()>,
}

impl Served {
    /// Serves it to everybody.
    pub async fn new(api: Resourceful) -> Self {
        Self::router(api.public().into_router()).await
    }

    /// Serves an API of which is said already who may use it.
    pub async fn router(router: axum::Router) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, task }
    }

    /// A client.
    pub fn api(&self) -> Api {
        Api::new(&format!("http://{}", self.address))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}
