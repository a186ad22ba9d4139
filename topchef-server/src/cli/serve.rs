//! `serve`: from the settings to a server that accepts connections, until it is asked to stop.
//! It does not know what is served.

use std::{
    io::{self, Write},
    net::SocketAddr,
};

use clap::Args;
use tokio::net::TcpListener;
use tower::Layer;

use super::storage::StorageArgs;
use crate::{
    app::{App, OpenError},
    config::Config,
    connections::{self, Limits},
    method_override::MethodOverrideLayer,
    router,
    shutdown::{Signals, serve_until_signal},
};

/// The flags of `serve`.
///
/// All are text here, so that a wrong value is refused in the same words wherever it comes from.
#[derive(Debug, Args)]
#[expect(
    clippy::doc_markdown,
    reason = "the comments on the fields are the text of --help"
)]
pub(super) struct ServeArgs {
    /// Address to listen on, an IP address or `localhost` [env: TOPCHEF_HOST, HOSTNAME] [default: 127.0.0.1]
    #[arg(long, value_name = "ADDRESS")]
    host: Option<String>,
    /// Port to listen on, 0 for any free one [env: TOPCHEF_PORT, PORT] [default: 5000]
    #[arg(long, value_name = "PORT")]
    port: Option<String>,
    #[command(flatten)]
    storage: StorageArgs,
    /// Most connections to a PostgreSQL server; those of all servers together must be fewer than its max_connections
    /// [env: TOPCHEF_DATABASE_CONNECTIONS]
    #[arg(long, value_name = "NUMBER")]
    database_connections: Option<String>,
    /// Address clients know the server by, for links; without it the Host header of the request is taken
    /// [env: TOPCHEF_PUBLIC_URL]
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Let anybody use the server on an address that others can reach [env: TOPCHEF_ALLOW_ANONYMOUS]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    allow_anonymous: Option<String>,
    /// Longest request body that is read [env: TOPCHEF_MAX_BODY_BYTES] [default: 1048576]
    #[arg(long, value_name = "BYTES")]
    max_body_bytes: Option<String>,
    /// Worker threads [env: TOPCHEF_THREADS, THREADS] [default: one for each processor]
    #[arg(long, value_name = "NUMBER")]
    threads: Option<String>,
    /// Whom to ask, shown at / [env: TOPCHEF_MAINTAINER_NAME, AUTHOR]
    #[arg(long, value_name = "NAME")]
    maintainer_name: Option<String>,
    /// Whom to write to, shown at / [env: TOPCHEF_MAINTAINER_EMAIL, AUTHOR_EMAIL]
    #[arg(long, value_name = "EMAIL")]
    maintainer_email: Option<String>,
    /// Where the documentation is, shown at / [env: TOPCHEF_DOCUMENTATION_URL, DOCUMENTATION_URL]
    #[arg(long, value_name = "URL")]
    documentation_url: Option<String>,
    /// Where the source code is, shown at / [env: TOPCHEF_SOURCE_CODE_REPOSITORY_URL, SOURCE_REPOSITORY]
    #[arg(long, value_name = "URL")]
    source_code_repository_url: Option<String>,
    /// Version of the API, shown at / [env: TOPCHEF_API_VERSION, VERSION] [default: that of this server]
    #[arg(long, value_name = "VERSION")]
    api_version: Option<String>,
}

impl ServeArgs {
    /// What a flag was set to.
    pub(super) fn flag(&self, name: &str) -> Option<String> {
        let value = match name {
            "--host" => &self.host,
            "--port" => &self.port,
            "--database-connections" => &self.database_connections,
            "--public-url" => &self.public_url,
            "--allow-anonymous" => &self.allow_anonymous,
            "--max-body-bytes" => &self.max_body_bytes,
            "--threads" => &self.threads,
            "--maintainer-name" => &self.maintainer_name,
            "--maintainer-email" => &self.maintainer_email,
            "--documentation-url" => &self.documentation_url,
            "--source-code-repository-url" => &self.source_code_repository_url,
            "--api-version" => &self.api_version,
            other => return self.storage.flag(other),
        };
        value.clone()
    }
}

/// Why the server could not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// SIGTERM and SIGINT cannot be taken over.
    #[error("cannot wait for signals")]
    Signals(#[source] io::Error),
    /// The address is taken, not of this machine, or not allowed.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address of the settings.
        address: SocketAddr,
        /// What the operating system says.
        source: io::Error,
    },
    /// The database cannot be opened or brought up to date.
    #[error("cannot start with the database {database}")]
    Open {
        /// Where the database is.
        database: String,
        /// What went wrong.
        source: OpenError,
    },
}

/// Serves until a signal comes, and returns when the requests under way are answered.
pub(super) async fn run(config: Config) -> Result<(), ServeError> {
    let signals = Signals::install().map_err(ServeError::Signals)?;
    let (listener, address) =
        listen(config.address)
            .await
            .map_err(|source| ServeError::Listen {
                address: config.address,
                source,
            })?;
    let database = config.database.to_string();
    tracing::info!(database, threads = config.threads, "starting");

    let app = match App::open(config).await {
        Ok(app) => app,
        Err(source) => return Err(ServeError::Open { database, source }),
    };
    let stored = app.database().clone();
    let stopping = app.readiness().stopping().clone();
    let _abandoned = app.queue().watch();
    let service = MethodOverrideLayer.layer(router::router(app));
    announce(address);
    serve_until_signal(signals, |stop| {
        // Before the listener goes: whoever still has a connection is told to go elsewhere.
        let stop = async move {
            stop.await;
            stopping.begin();
        };
        connections::serve(listener, service, Limits::default(), stop)
    })
    .await;
    // So that a copy of the file alone is whole; where it cannot be, the log beside the file still has everything.
    if let Err(error) = stored.checkpoint().await {
        tracing::warn!(%error, "the last writes stay in the log beside the database");
    }
    Ok(())
}

/// The listener, and its address with the port that was chosen for port 0.
async fn listen(address: SocketAddr) -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// Says on stdout where the server is, for people and for programs that wait for it; the log says it too.
fn announce(address: SocketAddr) {
    let mut stdout = io::stdout().lock();
    let written = writeln!(stdout, "listening on http://{address}").and_then(|()| stdout.flush());
    if let Err(error) = written {
        tracing::warn!(%error, "cannot write to stdout");
    }
    tracing::info!(%address, "listening");
}
