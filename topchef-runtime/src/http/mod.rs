//! Resources over HTTP: the router from descriptors, one file per verb.
//!
//! It knows requests and answers; what is done with a resource is the transaction manager's, and no driver is named here.

mod delete;
mod dispatch;
mod get;
mod list;
mod patch;
mod post;
mod put;
mod reply;
mod request;

use std::any::Any;
use std::convert::Infallible;
use std::marker::PhantomData;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use http::Extensions;
use tower_http::catch_panic::CatchPanicLayer;

use crate::Database;
use crate::error::{ApiError, Report};
use crate::transaction::{Endpoint, Hooked};

pub use request::{JsonBody, content_type_is_json, query_string, read_body};

/// The most bytes of a body when nothing is said: 1 MiB.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

/// An [`Api`] of which nobody has said yet who may use it: it does not become a router.
#[derive(Clone, Copy, Debug)]
pub enum Undecided {}

/// An [`Api`] that anybody may use.
#[derive(Clone, Copy, Debug)]
pub enum Public {}

/// That somebody has said who may use an [`Api`].
#[diagnostic::on_unimplemented(
    message = "nobody has said who may use this API",
    label = "say it before this: `.public()` lets anybody read and write everything"
)]
pub trait Decided {}

#[diagnostic::do_not_recommend]
impl Decided for Public {}

/// Resources that are served together.
///
/// ```
/// # use topchef_runtime::{Api, Database, ModelResource};
/// # use uuid::Uuid;
/// #[derive(ModelResource)]
/// struct Author {
///     id: Uuid,
///     first_name: String,
///     last_name: String,
/// }
///
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let database = Database::temporary().await?;
/// database.create_tables::<Author>().await?;
/// let router = Api::new(database).resource::<Author>().public().into_router();
/// # let _: axum::Router = router; Ok(()) }
/// ```
///
/// It fails closed: who may use it must be said before it becomes a router.
///
/// ```compile_fail
/// # use topchef_runtime::{Api, Database};
/// # fn f(database: Database) {
/// let router = Api::new(database).into_router();
/// # }
/// ```
#[derive(Debug)]
pub struct Api<Access = Undecided> {
    database: Database,
    endpoints: Vec<Endpoint>,
    state: Extensions,
    max_body_bytes: usize,
    access: PhantomData<Access>,
}

impl Api {
    /// An API over a database, with no resource yet.
    pub fn new(database: Database) -> Self {
        Self {
            database,
            endpoints: Vec::new(),
            state: Extensions::new(),
            max_body_bytes: MAX_BODY_BYTES,
            access: PhantomData,
        }
    }

    /// Says in words that anybody may read and write everything.
    pub fn public(self) -> Api<Public> {
        Api {
            database: self.database,
            endpoints: self.endpoints,
            state: self.state,
            max_body_bytes: self.max_body_bytes,
            access: PhantomData,
        }
    }
}

impl<Access> Api<Access> {
    /// With one more resource, at the path that its descriptor says.
    #[must_use]
    pub fn resource<M: Hooked>(mut self) -> Self {
        self.endpoints.push(Endpoint::of::<M>());
        self
    }

    /// With state for hooks: [`Context::state`](crate::Context::state) finds it by its type.
    #[must_use]
    pub fn state<T: Clone + Send + Sync + 'static>(mut self, state: T) -> Self {
        self.state.insert(state);
        self
    }

    /// With another limit for bodies, in bytes; a longer one is answered 413.
    #[must_use]
    pub fn max_body_bytes(mut self, bytes: usize) -> Self {
        self.max_body_bytes = bytes;
        self
    }
}

/// One resource, as its handlers need it.
#[derive(Debug)]
pub(crate) struct Served {
    endpoint: Endpoint,
    database: Database,
    state: Extensions,
    max_body_bytes: usize,
}

impl<Access> Api<Access> {
    /// The router: two paths for each resource, and problem documents for all that is not served.
    ///
    /// # Panics
    /// When two resources have the same path.
    pub fn into_router(self) -> Router
    where
        Access: Decided,
    {
        let mut router = Router::new();
        for endpoint in self.endpoints {
            let served = Arc::new(Served {
                endpoint,
                database: self.database.clone(),
                state: self.state.clone(),
                max_body_bytes: self.max_body_bytes,
            });
            let path = endpoint.descriptor().path;
            let of_one = Arc::clone(&served);
            router = router
                .route(
                    path,
                    any(move |request| dispatch::collection(served, request)),
                )
                .route(
                    &format!("{path}/{{{}}}", dispatch::KEY),
                    any(move |request| dispatch::record(of_one, request)),
                );
        }
        guarded(router)
    }

    /// Serves the API on an address until the program is told to end; `127.0.0.1:3000`.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn serve(self, address: &str) -> std::io::Result<()>
    where
        Access: Decided,
    {
        let listener = tokio::net::TcpListener::bind(address).await?;
        tracing::info!(address = %listener.local_addr()?, "serving");
        axum::serve(listener, self.into_router())
            .with_graceful_shutdown(async {
                // Where signals cannot be waited for, the program is ended from outside.
                if tokio::signal::ctrl_c().await.is_err() {
                    std::future::pending::<()>().await;
                }
            })
            .await
    }
}

/// A router whose every answer that is not a success is a problem document: unknown paths and panics too.
pub fn guarded(router: Router) -> Router {
    router
        .fallback(no_such_path)
        .layer(CatchPanicLayer::custom(panicked))
}

/// A handler that panicked: what it said is for the log, which may not be where the panic hook writes.
#[expect(clippy::needless_pass_by_value, reason = "the layer gives it away")]
fn panicked(payload: Box<dyn Any + Send>) -> Response {
    let said = payload
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    ApiError::internal(std::io::Error::other(format!("a handler panicked: {said}"))).into_response()
}

async fn no_such_path(request: Request) -> Result<Infallible, Report> {
    Err(ApiError::no_such_path(request.uri().path()).into())
}

impl IntoResponse for Report {
    /// The problem document; the causes go to the log here, and nowhere else.
    fn into_response(self) -> Response {
        reply::problem(&self)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        Report::from(self).into_response()
    }
}

impl IntoResponse for crate::Reply {
    fn into_response(self) -> Response {
        self.into_axum()
    }
}
