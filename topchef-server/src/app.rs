//! The application: the database, the resources and what they share, and the router over all of it.
//!
//! It does not know how it is served.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::error_handling::HandleErrorLayer;
use http::request::Parts;
use http::{Extensions, StatusCode};
use topchef_runtime::transaction::Endpoint;
use topchef_runtime::{ApiError, Context, Database};
use tower::timeout::TimeoutLayer;
use tower::{BoxError, ServiceBuilder};
use tower_http::trace::TraceLayer;

use crate::config::{Config, Metadata};
use crate::resources::{Contracts, Job, Service};
use crate::{migrations, router};

/// The longest that a request may take; what takes longer is given up with 503.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// The application's state; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Shared>);

struct Shared {
    database: Database,
    contracts: Contracts,
    state: Extensions,
    services: Endpoint,
    jobs: Endpoint,
    public_url: Option<String>,
    max_body_bytes: usize,
    metadata: Metadata,
}

/// Opens the database, brings it up to date, and builds the router over it.
///
/// # Errors
/// When the database cannot be opened or migrated.
pub async fn build(config: Config) -> Result<Router, Box<dyn Error + Send + Sync>> {
    migrations::run(&config.database).await?;
    let app = App::over(open(&config.database).await?, config);
    let layers = ServiceBuilder::new()
        .layer(TraceLayer::new_for_http())
        .layer(HandleErrorLayer::new(timed_out))
        .layer(TimeoutLayer::new(REQUEST_TIMEOUT));
    Ok(router::router(app).layer(layers))
}

async fn open(path: &Path) -> Result<Database, Box<dyn Error + Send + Sync>> {
    Ok(Database::sqlite(path).open().await?)
}

async fn timed_out(error: BoxError) -> ApiError {
    let seconds = REQUEST_TIMEOUT.as_secs();
    ApiError::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "Timeout",
        format!("the request took longer than {seconds} s and was given up"),
    )
    .retry_after(Duration::from_secs(1))
    .caused_by(std::io::Error::other(error))
}

impl App {
    fn over(database: Database, config: Config) -> Self {
        let contracts = Contracts::default();
        let mut state = Extensions::new();
        state.insert(contracts.clone());
        Self(Arc::new(Shared {
            database,
            contracts,
            state,
            services: Endpoint::of::<Service>(),
            jobs: Endpoint::of::<Job>(),
            public_url: config.public_url,
            max_body_bytes: config.max_body_bytes,
            metadata: config.metadata,
        }))
    }

    /// The database.
    pub fn database(&self) -> &Database {
        &self.0.database
    }

    /// The contracts of all services.
    pub fn contracts(&self) -> &Contracts {
        &self.0.contracts
    }

    /// The services.
    pub fn services(&self) -> Endpoint {
        self.0.services
    }

    /// The jobs.
    pub fn jobs(&self) -> Endpoint {
        self.0.jobs
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

    /// The context of a request, for operations on resources.
    pub fn context(&self, parts: &Parts) -> Context {
        Context::new(self.0.database.clone(), self.0.state.clone(), parts)
    }
}
