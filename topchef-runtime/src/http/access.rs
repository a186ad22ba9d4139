//! Who may use an API: how it is found out who sends a request, and when a policy is asked.
//!
//! It does not know what the policies say.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use http::Extensions;
use http::request::Parts;

use super::Served;
use crate::Database;
use crate::column::Key;
use crate::descriptor::Method;
use crate::error::Report;
use crate::transaction::{Context, DefaultPolicy, Policy, Principal, policies};

/// An [`Api`](super::Api) of which nobody has said yet who may use it: it does not become a router.
#[derive(Clone, Copy, Debug)]
pub enum Undecided {}

/// An [`Api`](super::Api) that anybody may use.
#[derive(Clone, Copy, Debug)]
pub enum Public {}

/// An [`Api`](super::Api) that finds out who sends a request, and has a policy.
#[derive(Clone, Copy, Debug)]
pub enum Authenticated {}

/// That somebody has said who may use an [`Api`](super::Api).
#[diagnostic::on_unimplemented(
    message = "nobody has said who may use this API",
    label = "say it before this: `.authenticated(..)` finds out who sends a request and asks a policy, `.public()` lets anybody read and write everything"
)]
pub trait Decided {}

#[diagnostic::do_not_recommend]
impl Decided for Public {}

#[diagnostic::do_not_recommend]
impl Decided for Authenticated {}

type Authenticating<'a> =
    Pin<Box<dyn Future<Output = Result<Option<Principal>, Report>> + Send + 'a>>;

/// Finds out who sends a request.
///
/// Every `async fn(&http::request::Parts) -> Result<Option<Principal>, Report>` does, and every closure that returns such
/// a future. A struct, which may hold what is needed for it, does by this trait, which is written as
/// `async fn authenticate(&self, parts: &Parts) -> Result<Option<Principal>, Report>`.
#[diagnostic::on_unimplemented(
    message = "this does not find out who sends a request",
    label = "it must be an `async fn(&http::request::Parts) -> Result<Option<Principal>, Report>`",
    note = "`Principal` and `Report` are in `topchef_runtime`; `ApiError` may stand in place of `Report`",
    note = "a struct implements `topchef_runtime::http::Authenticator`"
)]
pub trait Authenticator: Send + Sync + 'static {
    /// Who sends the request; none when it does not say.
    ///
    /// # Errors
    /// A [`Report`] when what it says is wrong, most often [`ApiError::unauthorized`](crate::ApiError::unauthorized).
    fn authenticate(
        &self,
        parts: &Parts,
    ) -> impl Future<Output = Result<Option<Principal>, Report>> + Send;
}

/// An `async fn` that finds out who sends a request.
#[doc(hidden)]
pub trait AuthenticatorFunction<'a> {
    fn call(&'a self, parts: &'a Parts) -> Authenticating<'a>;
}

#[diagnostic::do_not_recommend]
impl<'a, F, Fut, E> AuthenticatorFunction<'a> for F
where
    F: Fn(&'a Parts) -> Fut,
    Fut: Future<Output = Result<Option<Principal>, E>> + Send + 'a,
    E: Into<Report>,
{
    fn call(&'a self, parts: &'a Parts) -> Authenticating<'a> {
        let authenticating = self(parts);
        Box::pin(async move { authenticating.await.map_err(Into::into) })
    }
}

#[diagnostic::do_not_recommend]
impl<F> Authenticator for F
where
    F: for<'a> AuthenticatorFunction<'a> + Send + Sync + 'static,
{
    async fn authenticate(&self, parts: &Parts) -> Result<Option<Principal>, Report> {
        self.call(parts).await
    }
}

/// An authenticator whose type is forgotten.
trait AnyAuthenticator: Send + Sync {
    fn authenticate<'a>(&'a self, parts: &'a Parts) -> Authenticating<'a>;
}

impl<A: Authenticator> AnyAuthenticator for A {
    fn authenticate<'a>(&'a self, parts: &'a Parts) -> Authenticating<'a> {
        Box::pin(Authenticator::authenticate(self, parts))
    }
}

/// What stands between a request and the resources.
#[derive(Clone)]
pub(crate) struct Guard {
    authenticator: Option<Arc<dyn AnyAuthenticator>>,
    policy: DefaultPolicy,
}

impl Guard {
    /// Nobody may do anything.
    pub(super) fn closed() -> Self {
        Self {
            authenticator: None,
            policy: DefaultPolicy::new(policies::nobody),
        }
    }

    /// Anybody may do everything.
    pub(super) fn open() -> Self {
        Self {
            authenticator: None,
            policy: DefaultPolicy::new(policies::anybody),
        }
    }

    pub(super) fn new(authenticator: impl Authenticator, policy: impl Policy) -> Self {
        Self {
            authenticator: Some(Arc::new(authenticator)),
            policy: DefaultPolicy::new(policy),
        }
    }

    /// Whether it is found out who sends a request.
    pub(super) fn authenticates(&self) -> bool {
        self.authenticator.is_some()
    }

    /// Who sends a request; none when it does not say, or nobody looks.
    ///
    /// # Errors
    /// A [`Report`] with the authenticator's refusal.
    pub(super) async fn principal(&self, parts: &Parts) -> Result<Option<Principal>, Report> {
        match &self.authenticator {
            Some(authenticator) => authenticator.authenticate(parts).await,
            None => Ok(None),
        }
    }
}

impl Guard {
    /// The context of no request, with the API's policy.
    pub(super) fn base(&self, database: &Database, state: &Extensions) -> Context {
        let base = Context::nobody(database.clone(), state.clone());
        base.with_default_policy(self.policy.clone())
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Guard")
    }
}

impl Served {
    /// Finds out who sends a request and asks the policy, before its body and its query are read.
    ///
    /// # Errors
    /// A [`Report`] with the authenticator's or the policy's refusal.
    pub(super) async fn admitted(
        &self,
        method: Method,
        key: Option<&Key>,
        parts: Parts,
    ) -> Result<Context, Report> {
        let principal = self.common.guard.principal(&parts).await?;
        let mut cx = self.base.of_request(parts, principal);
        if let Some(key) = key {
            cx = cx.with_key(key.clone());
        }
        self.endpoint.permitted(method, &cx).await?;
        Ok(cx)
    }
}
