//! The server that is measured: one resource in a new file, in a runtime of its own.

use std::path::{Path, PathBuf};

use tokio::runtime::Runtime;
use topchef_runtime::{
    Api, Committed, Context, Database, ModelResource, Next, Report, Tracked, Transaction,
};

use crate::Failure;

/// What is posted.
#[derive(Debug, ModelResource)]
#[resource(url_name = "samples")]
struct Plain {
    id: i64,
    name: String,
    mass: i64,
}

/// The same with a hook in the transaction.
#[derive(Debug, ModelResource)]
#[resource(url_name = "samples", before_commit(post = nothing))]
struct Before {
    id: i64,
    name: String,
    mass: i64,
}

/// The same with a hook that is kept until it ran.
#[derive(Debug, ModelResource)]
#[resource(url_name = "samples", after_commit(post = nothing_more))]
struct After {
    id: i64,
    name: String,
    mass: i64,
}

async fn nothing(
    _: &Context,
    _: &mut Transaction,
    _: &mut Tracked<Before>,
) -> Result<Next, Report> {
    Ok(Next::Proceed)
}

async fn nothing_more(
    _: &Context,
    _: &mut Transaction,
    _: &Committed<After>,
) -> Result<Next, Report> {
    Ok(Next::Proceed)
}

/// Which hooks there are.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Plain,
    Before,
    After,
}

/// A server, until this goes.
pub(crate) struct Served {
    runtime: Runtime,
    database: Database,
    kind: Kind,
    address: String,
    folder: PathBuf,
}

impl Served {
    /// Over a new file; `group` is how many writes one commit takes along, where it is not as usual.
    pub(crate) fn start(folder: &Path, kind: Kind, group: Option<usize>) -> Result<Self, Failure> {
        let folder = folder.join("database");
        std::fs::create_dir_all(&folder)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()?;
        let mut options = Database::sqlite(folder.join("samples.db"));
        if let Some(group) = group {
            options = options.group(group);
        }
        let (database, address) = runtime.block_on(async {
            let database = options.open().await?;
            let api = Api::new(database.clone());
            let router = match kind {
                Kind::Plain => {
                    database.create_tables::<Plain>().await?;
                    api.resource::<Plain>().public().into_router()
                }
                Kind::Before => {
                    database.create_tables::<Before>().await?;
                    api.resource::<Before>().public().into_router()
                }
                Kind::After => {
                    database.create_tables::<After>().await?;
                    api.resource::<After>().public().into_router()
                }
            };
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
            let address = listener.local_addr()?.to_string();
            tokio::spawn(async move { axum::serve(listener, router).await });
            Ok::<_, Failure>((database, address))
        })?;
        Ok(Self {
            runtime,
            database,
            kind,
            address,
            folder,
        })
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Looks whether all that was answered is there, and no hook is left; then removes the file.
    pub(crate) fn check(self, answered: u64) -> Result<(), Failure> {
        let (stored, waiting) = self.runtime.block_on(async {
            let database = &self.database;
            let stored = match self.kind {
                Kind::Plain => database.select::<Plain>().count().await?,
                Kind::Before => database.select::<Before>().count().await?,
                Kind::After => database.select::<After>().count().await?,
            };
            Ok::<_, Failure>((stored, database.outbox().count_waiting().await?))
        })?;
        drop(self.database);
        drop(self.runtime);
        std::fs::remove_dir_all(&self.folder)?;
        if stored < answered || waiting > 0 {
            let failure = format!(
                "{answered} POSTs were answered, {stored} are stored, {waiting} hooks have not run"
            );
            return Err(failure.into());
        }
        Ok(())
    }
}
