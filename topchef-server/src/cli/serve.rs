//! `serve`: from the settings to a server that accepts connections, until it is asked to stop.
//! It does not know what is served.

use std::{
    io::{self, Write},
    net::SocketAddr,
};

use tokio::net::TcpListener;
use topchef_runtime::http::connections::{self, Limits};
use tower::Layer;

use crate::{
    app::{App, OpenError},
    config::Config,
    method_override::MethodOverrideLayer,
    router,
    shutdown::{Signals, serve_until_signal},
};

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
    if config.allow_anonymous && !config.tokens.is_empty() {
        tracing::warn!(
            "there are tokens, so nobody is let in without one, whatever --allow-anonymous says"
        );
    }

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
