//! Resources served in the test's own process, over a database of its own: for suites that derive their resources themselves.
//!
//! It knows the runtime's `Api` and nothing of a suite's resources.

use crate::{Api, Scratch};
use std::time::Duration;
use tokio::task::JoinHandle;
use topchef_runtime::Database;
use topchef_runtime::http::Undecided;
use topchef_runtime::schema::Resources;

/// What a suite adds its resources and its state to.
pub type Resourceful = topchef_runtime::Api<Undecided>;

/// A database of the test's own, with the tables of the resources `R`.
#[derive(Debug)]
pub struct Store {
    // Closed before its place is removed.
    database: Database,
    scratch: Scratch,
}

impl Store {
    /// A new one.
    pub async fn new<R: Resources>() -> Self {
        let scratch = Scratch::new();
        Self::over::<R>(scratch.open().await, scratch).await
    }

    /// A new one whose transactions may take this long.
    pub async fn with_timeout<R: Resources>(timeout: Duration) -> Self {
        let scratch = Scratch::new();
        Self::over::<R>(scratch.open_with_timeout(timeout).await, scratch).await
    }

    /// A new one without a table.
    pub async fn empty() -> Self {
        let scratch = Scratch::new();
        let database = scratch.open().await;
        Self { database, scratch }
    }

    async fn over<R: Resources>(database: Database, scratch: Scratch) -> Self {
        database.create_tables::<R>().await.unwrap();
        assert_eq!(database.compare::<R>().await.unwrap(), []);
        Self { database, scratch }
    }

    /// The database.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The database as another program that opens the same one has it.
    pub async fn opened_again(&self) -> Database {
        self.scratch.open().await
    }

    /// Where it is, for what another program would do to it.
    pub fn scratch(&self) -> &Scratch {
        &self.scratch
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
    /// The tables of `R` in a new database, and what `add` adds served over them.
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

    /// Where the database is, for what another program would do to it.
    pub fn scratch(&self) -> &Scratch {
        self.store.scratch()
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
