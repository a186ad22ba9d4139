//! An API in the making: its resources, who may use it, and the router that it becomes.
//!
//! It does not know what a request asks.

use std::marker::PhantomData;
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::routing::any;
use http::Extensions;
use http::header::HeaderName;
use tokio::runtime::Handle;

use super::access::{Authenticated, Authenticator, Decided, Guard, Public, Undecided};
use super::serve::{Straight, serve};
use super::{dispatch, documentation, guarded, idempotency};
use crate::Database;
use crate::transaction::{Context, Endpoint, Hooked, Policy, Retries, Sweeper, Sweeping};

/// The most bytes of a body when nothing is said: 1 MiB.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

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
    endpoints: Vec<Endpoint>,
    common: Common,
    documentation: documentation::Settings,
    access: PhantomData<Access>,
}

/// What an API is told of before it becomes a router, and the handlers of all its resources then need.
#[derive(Debug)]
pub(super) struct Common {
    pub(super) database: Database,
    pub(super) state: Extensions,
    pub(super) max_body_bytes: usize,
    pub(super) guard: Guard,
    pub(super) explains: bool,
    pub(super) retries: Retries,
    pub(super) kept_headers: Arc<[HeaderName]>,
    sweeping: OnceLock<Sweeping>,
}

impl Served {
    /// Has the hooks run that a crash or a failure left behind, from now on until the router goes.
    ///
    /// A router may be made before there is a tokio runtime: then the first request sees to it.
    pub(super) fn sweeps(&self) {
        let sweeps = !self.sweeper.has_hooks() || self.common.sweeping.get().is_some();
        if !sweeps && Handle::try_current().is_ok() {
            let start = || self.sweeper.as_ref().clone().start();
            self.common.sweeping.get_or_init(start);
        }
    }
}

/// One resource, as its handlers need it.
#[derive(Debug)]
pub(super) struct Served {
    pub(super) endpoint: Endpoint,
    /// What the contexts of all requests have in common.
    pub(super) base: Context,
    pub(super) common: Arc<Common>,
    pub(super) keys: Arc<idempotency::Keys>,
    sweeper: Arc<Sweeper>,
}

impl Api {
    /// An API over a database, with no resource yet.
    pub fn new(database: Database) -> Self {
        Self {
            endpoints: Vec::new(),
            common: Common {
                database,
                state: Extensions::new(),
                max_body_bytes: MAX_BODY_BYTES,
                guard: Guard::closed(),
                explains: false,
                retries: Retries::default(),
                kept_headers: Arc::default(),
                sweeping: OnceLock::new(),
            },
            documentation: documentation::Settings::default(),
            access: PhantomData,
        }
    }

    /// Says in words that anybody may read and write everything, but for resources with a policy of their own
    /// (`authorize`), which is asked all the same.
    pub fn public(self) -> Api<Public> {
        self.guarded_by(Guard::open())
    }

    /// Says who sends a request, and who may do what with resources that have no policy of their own (`authorize`).
    ///
    /// ```
    /// use http::request::Parts;
    /// use topchef_runtime::{Api, ApiError, Database, ModelResource, Principal, policies};
    ///
    /// #[derive(ModelResource)]
    /// struct Author {
    ///     id: i64,
    ///     name: String,
    /// }
    ///
    /// /// Nobody, when there is no token; a wrong one is refused.
    /// async fn by_token(parts: &Parts) -> Result<Option<Principal>, ApiError> {
    ///     let Some(token) = parts.headers.get("authorization") else {
    ///         return Ok(None);
    ///     };
    ///     match token.as_bytes() {
    ///         b"Bearer of-alice" => Ok(Some(Principal::new("alice"))),
    ///         _ => Err(ApiError::unauthorized()),
    ///     }
    /// }
    ///
    /// # fn api(database: Database) -> axum::Router {
    /// Api::new(database)
    ///     .resource::<Author>()
    ///     .authenticated(by_token, policies::signed_in)
    ///     .into_router()
    /// # }
    /// ```
    pub fn authenticated(
        self,
        authenticator: impl Authenticator,
        policy: impl Policy,
    ) -> Api<Authenticated> {
        self.guarded_by(Guard::new(authenticator, policy))
    }

    fn guarded_by<Access: Decided>(self, guard: Guard) -> Api<Access> {
        Api {
            endpoints: self.endpoints,
            common: Common {
                guard,
                ..self.common
            },
            documentation: self.documentation,
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
        self.common.state.insert(state);
        self
    }

    /// With another limit for bodies, in bytes; a longer one is answered 413.
    #[must_use]
    pub fn max_body_bytes(mut self, bytes: usize) -> Self {
        self.common.max_body_bytes = bytes;
        self
    }

    /// With other pauses between the attempts at an `after_commit` hook that fails.
    #[must_use]
    pub fn retries(mut self, retries: Retries) -> Self {
        self.common.retries = retries;
        self
    }

    /// With headers that durable `after_commit` hooks are given too; without more words they are given none.
    ///
    /// They are stored with the record until the hook has run, so none of them should be a secret.
    #[must_use]
    pub fn keep_headers(mut self, names: impl IntoIterator<Item = HeaderName>) -> Self {
        self.common.kept_headers = names.into_iter().collect();
        self
    }

    /// Lets clients ask with `explain=true` for the SQL of a `GET` and the database's plan, in place of the records.
    ///
    /// Values are not shown, but the tables' names are: this is for development.
    #[must_use]
    pub fn allow_explain(mut self) -> Self {
        self.common.explains = true;
        self
    }
}

impl<Access> Api<Access> {
    /// With the name that the documentation gives it.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.documentation.title = title.into();
        self
    }

    /// With the version that the documentation says it is.
    #[must_use]
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.documentation.version = version.into();
        self
    }

    /// With documentation that anybody may read, even where it is found out who sends a request.
    #[must_use]
    pub fn public_documentation(mut self) -> Self {
        self.documentation.is_public = true;
        self
    }

    /// Without `/meta`, `/openapi.json` and `/docs`.
    #[must_use]
    pub fn without_documentation(mut self) -> Self {
        self.documentation.is_served = false;
        self
    }
}

impl<Access> Api<Access> {
    /// The router: two paths for each resource, the documentation, and problem documents for all that is not served.
    ///
    /// # Panics
    /// When two resources have the same path; it says which, and what to write.
    #[track_caller]
    pub fn into_router(self) -> Router
    where
        Access: Decided,
    {
        self.into_parts().1
    }

    /// The resources, and the router that serves them.
    #[track_caller]
    #[expect(
        clippy::panic,
        reason = "a mistake of the program, which shows when it starts"
    )]
    pub(super) fn into_parts(self) -> (Vec<Arc<Served>>, Router)
    where
        Access: Decided,
    {
        if let Some(clash) = clash(&self.endpoints) {
            panic!("{clash}");
        }
        let documentation = documentation::Settings {
            explains: self.common.explains,
            ..self.documentation
        };
        let common = Arc::new(self.common);
        let base = common.guard.base(&common.database, &common.state);
        let base = base
            .with_retries(common.retries)
            .with_kept_headers(Arc::clone(&common.kept_headers));
        let sweeper = Sweeper::over(base.clone());
        let endpoints = self.endpoints.iter().copied();
        let sweeper = Arc::new(endpoints.fold(sweeper, Sweeper::endpoint));
        let mut router = documentation::router(documentation, &common.guard, &self.endpoints);
        let mut resources = Vec::with_capacity(self.endpoints.len());
        for endpoint in self.endpoints {
            let served = Arc::new(Served {
                endpoint,
                base: base.clone(),
                common: Arc::clone(&common),
                keys: Arc::default(),
                sweeper: Arc::clone(&sweeper),
            });
            served.sweeps();
            let path = endpoint.descriptor().path;
            resources.push(Arc::clone(&served));
            let of_one = Arc::clone(&served);
            router = router
                .route(
                    path,
                    any(move |request| Box::pin(dispatch::collection(served, request))),
                )
                .route(
                    &dispatch::record_path(endpoint.descriptor()),
                    any(move |request| Box::pin(dispatch::record(of_one, request))),
                );
        }
        // So it is made once, and not for each request.
        (resources, guarded(router).with_state(()))
    }

    /// Serves the API on an address until the program is told to end (Ctrl-C, SIGTERM); `127.0.0.1:3000`.
    ///
    /// Requests that are under way then have ten seconds. Connections have the limits of
    /// [`connections::Limits::default`](super::connections::Limits), a body has bytes and no time: where strangers reach
    /// it, put a proxy before it that bounds that too, or serve the router with a layer that does
    /// ([`connections::serve`](super::connections::serve)).
    /// Requests to the resources of a public API do not go through a router, which is less work for each.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    ///
    /// # Panics
    /// As [`into_router`](Self::into_router), before anything is listened on.
    #[track_caller]
    pub fn serve(self, address: &str) -> impl Future<Output = std::io::Result<()>>
    where
        Access: Decided,
    {
        let (resources, router) = self.into_parts();
        serve(Straight::new(resources, router), address)
    }
}

/// Says of the first two resources that would be at one path what to write.
fn clash(endpoints: &[Endpoint]) -> Option<String> {
    let mut later = endpoints.iter().enumerate();
    later.find_map(|(place, endpoint)| {
        let descriptor = endpoint.descriptor();
        let (name, path) = (descriptor.name, descriptor.path);
        let mut before = endpoints[..place].iter().map(Endpoint::descriptor);
        let other = before.find(|other| other.path == path)?;
        Some(if other.is(descriptor) {
            format!("`{name}` is served twice at `{path}`; remove one `.resource::<{name}>()`")
        } else {
            let other = other.name;
            format!(
                "`{other}` and `{name}` would both be at `{path}`; \
                 write another `url_name` or `url_prefix` for one"
            )
        })
    })
}

#[cfg(test)]
mod tests {
    use super::clash;
    use crate::ModelResource;
    use crate::transaction::{Endpoint, Hooked};

    #[derive(ModelResource)]
    struct Book {
        id: i64,
    }

    #[derive(ModelResource)]
    #[resource(table = "works")]
    struct Books {
        id: i64,
    }

    #[derive(ModelResource)]
    #[resource(url_prefix = "/books")]
    struct Archive {
        id: i64,
    }

    #[test]
    fn two_resources_at_one_path_are_told() {
        let said = |endpoints: &[Endpoint]| clash(endpoints).unwrap_or_default();
        assert_eq!(
            said(&[Archive::endpoint(), Book::endpoint(), Books::endpoint()]),
            "`Book` and `Books` would both be at `/books`; write another `url_name` or `url_prefix` for one"
        );
        assert_eq!(
            said(&[Book::endpoint(), Archive::endpoint(), Book::endpoint()]),
            "`Book` is served twice at `/books`; remove one `.resource::<Book>()`"
        );
        assert_eq!(said(&[Book::endpoint(), Archive::endpoint()]), "");
    }
}
