//! What a hook may know of the request: who sends it, its method, path and headers, the application's state, the database.
//!
//! It does not know how the request was read.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::header::HeaderName;
use http::request::Parts;
use http::{Extensions, HeaderMap, HeaderValue, Method, Request, Uri};
use smallvec::SmallVec;

use super::Principal;
use super::hooks::RunAuthorize;
use super::idempotency::Once;
use super::outbox::{Kept, Retries};
use super::policy::{DefaultPolicy, Policy, policies};
use super::precondition::Preconditions;
use crate::column::{Key, KeyType};
use crate::database::Database;
use crate::descriptor::{self, Descriptor};
use crate::query::Condition;

/// The request's context.
#[derive(Clone, Debug)]
pub struct Context {
    application: Arc<Application>,
    /// One for all the contexts of a request: there are several, and headers are many.
    asked: Arc<Asked>,
    key: Option<Key>,
    preconditions: Preconditions,
    once: Option<Once>,
    /// Mostly that of the request's own resource.
    permits: SmallVec<[Arc<Permitted>; 1]>,
}

/// What all requests of an application have in common.
#[derive(Clone, Debug)]
struct Application {
    database: Database,
    state: Extensions,
    policy: DefaultPolicy,
    retries: Retries,
    /// The headers that durable hooks are given too.
    kept_headers: Arc<[HeaderName]>,
}

/// What stays the same through a request.
#[derive(Debug)]
struct Asked {
    parts: Parts,
    principal: Option<Principal>,
    answers: Answers,
}

impl Asked {
    /// No request.
    fn nothing() -> Self {
        Self::request(nothing_asked(), None)
    }

    fn request(parts: Parts, principal: Option<Principal>) -> Self {
        Self {
            parts,
            principal,
            answers: Answers::default(),
        }
    }
}

fn nothing_asked() -> Parts {
    Request::new(()).into_parts().0
}

/// What policies have said in this request: each is asked once for each method.
#[derive(Debug, Default)]
struct Answers(Mutex<SmallVec<[Answered; 1]>>);

impl Answers {
    fn lock(&self) -> MutexGuard<'_, SmallVec<[Answered; 1]>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a policy has said of a method; without a policy of the resource's own, the API's.
#[derive(Debug)]
struct Answered {
    policy: Option<RunAuthorize>,
    method: descriptor::Method,
    rows: Vec<Condition>,
}

/// The rows of a resource that the operation which this context is for may touch and leave behind.
#[derive(Debug)]
pub(super) struct Permitted {
    pub(super) resource: &'static Descriptor,
    pub(super) policy: Option<RunAuthorize>,
    pub(super) rows: Vec<Condition>,
}

impl Context {
    /// The context of a request, with the application's state by type.
    ///
    /// It is nobody's, and nobody may do anything in it with a resource that has no policy of its own, until
    /// [`with_principal`](Self::with_principal) and [`with_policy`](Self::with_policy) say otherwise.
    pub fn new(database: Database, state: Extensions, parts: &Parts) -> Self {
        let mut asked = nothing_asked();
        asked.method = parts.method.clone();
        asked.uri = parts.uri.clone();
        asked.headers = parts.headers.clone();
        Self::nobody(database, state).of_request(asked, None)
    }

    /// The context of no request: what every context of an application has.
    pub(crate) fn nobody(database: Database, state: Extensions) -> Self {
        let application = Application {
            database,
            state,
            policy: DefaultPolicy::new(policies::nobody),
            retries: Retries::default(),
            kept_headers: Arc::default(),
        };
        Self::of(Arc::new(application), Asked::nothing())
    }

    fn of(application: Arc<Application>, asked: Asked) -> Self {
        Self {
            application,
            asked: Arc::new(asked),
            key: None,
            preconditions: Preconditions::default(),
            once: None,
            permits: SmallVec::new(),
        }
    }

    /// The context of a request to the same application.
    pub(crate) fn of_request(&self, parts: Parts, principal: Option<Principal>) -> Self {
        let asked = Asked::request(parts, principal);
        Self::of(Arc::clone(&self.application), asked)
    }

    /// What is left of it without its request.
    pub(super) fn without_request(&self) -> Self {
        Self::of(Arc::clone(&self.application), Asked::nothing())
    }

    /// What of its request is kept in the outbox.
    pub(super) fn kept(&self) -> Kept {
        Kept {
            method: self.method().as_str().to_owned(),
            path: self.uri().path().to_owned(),
            principal: self.principal().map(|principal| principal.id().to_owned()),
            headers: self
                .application
                .kept_headers
                .iter()
                .flat_map(|name| {
                    let values = self.headers().get_all(name).into_iter();
                    values.filter_map(|value| Some((name.to_string(), value.to_str().ok()?.into())))
                })
                .collect(),
        }
    }

    /// The context of a request of which no more is known than was kept.
    pub(super) fn of_message(&self, kept: Kept, key: Option<Key>) -> Self {
        let headers = kept.headers.into_iter().filter_map(|(name, value)| {
            Some((
                HeaderName::try_from(name).ok()?,
                HeaderValue::try_from(value).ok()?,
            ))
        });
        let mut parts = nothing_asked();
        parts.headers = headers.collect();
        // What was kept of a request was one.
        parts.method = kept.method.parse().unwrap_or_default();
        parts.uri = kept.path.parse().unwrap_or_default();
        Self {
            key,
            ..self.of_request(parts, kept.principal.map(Principal::new))
        }
    }

    /// With one more state, found by its type.
    pub(super) fn with_state<T: Clone + Send + Sync + 'static>(mut self, state: T) -> Self {
        Arc::make_mut(&mut self.application).state.insert(state);
        self
    }

    /// With other pauses between the attempts at a hook that fails.
    #[must_use]
    pub fn with_retries(mut self, retries: Retries) -> Self {
        Arc::make_mut(&mut self.application).retries = retries;
        self
    }

    /// With headers that durable `after_commit` hooks are given too: they are stored with the record until the hook has run.
    #[must_use]
    pub fn with_kept_headers(mut self, names: impl Into<Arc<[HeaderName]>>) -> Self {
        Arc::make_mut(&mut self.application).kept_headers = names.into();
        self
    }

    pub(super) fn retries(&self) -> Retries {
        self.application.retries
    }

    /// With somebody who sends the request.
    #[must_use]
    pub fn with_principal(self, principal: impl Into<Option<Principal>>) -> Self {
        self.asked_by(principal.into())
    }

    /// With a policy for resources that have none of their own.
    #[must_use]
    pub fn with_policy(self, policy: impl Policy) -> Self {
        self.with_default_policy(DefaultPolicy::new(policy))
    }

    pub(crate) fn with_default_policy(mut self, policy: DefaultPolicy) -> Self {
        Arc::make_mut(&mut self.application).policy = policy;
        let principal = self.asked.principal.clone();
        self.asked_by(principal)
    }

    /// The same request of somebody, without what policies have said: it was said of somebody else, or by another policy.
    fn asked_by(self, principal: Option<Principal>) -> Self {
        let parts = match Arc::try_unwrap(self.asked) {
            Ok(asked) => asked.parts,
            Err(shared) => shared.parts.clone(),
        };
        Self {
            asked: Arc::new(Asked::request(parts, principal)),
            permits: SmallVec::new(),
            ..self
        }
    }

    /// With the key of the record that the path names.
    #[must_use]
    pub fn with_key(mut self, key: Key) -> Self {
        self.key = Some(key);
        self
    }

    /// With what must hold of the record before a `PUT`, `PATCH` or `DELETE` does anything.
    #[must_use]
    pub fn with_preconditions(mut self, preconditions: Preconditions) -> Self {
        self.preconditions = preconditions;
        self
    }

    /// With the key under which the request is carried out once.
    #[must_use]
    pub(crate) fn with_once(mut self, once: Once) -> Self {
        self.once = Some(once);
        self
    }

    pub(crate) fn preconditions(&self) -> &Preconditions {
        &self.preconditions
    }

    /// The same request for a hook: what an operation that it begins asks of the stored record, and its key, are its own.
    pub(super) fn of_hook(&self) -> Self {
        Self {
            preconditions: Preconditions::default(),
            once: None,
            ..self.clone()
        }
    }

    pub(super) fn once(&self) -> Option<&Once> {
        self.once.as_ref()
    }

    /// Who sends the request; none when nobody has said who they are.
    pub fn principal(&self) -> Option<&Principal> {
        self.asked.principal.as_ref()
    }

    /// The database, for reads outside the request's transaction.
    pub fn database(&self) -> &Database {
        &self.application.database
    }

    /// The application's state of type `T`, as given to [`Api::state`](crate::Api::state).
    pub fn state<T: Clone + Send + Sync + 'static>(&self) -> Option<&T> {
        self.application.state.get()
    }

    /// The request, without its body.
    pub(crate) fn parts(&self) -> &Parts {
        &self.asked.parts
    }

    /// The HTTP method.
    pub fn method(&self) -> &Method {
        &self.asked.parts.method
    }

    /// The path and query as they came.
    pub fn uri(&self) -> &Uri {
        &self.asked.parts.uri
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.asked.parts.headers
    }

    /// The key of the record that the path names; none for collections, or when it is of another type.
    pub fn key<K: KeyType>(&self) -> Option<K> {
        let key = self.key.as_ref()?;
        K::from_key(key).ok()
    }

    pub(super) fn policy(&self) -> &DefaultPolicy {
        &self.application.policy
    }

    /// What a policy has said of a method in this request.
    pub(super) fn answer(
        &self,
        policy: Option<RunAuthorize>,
        method: descriptor::Method,
    ) -> Option<Vec<Condition>> {
        let answers = self.asked.answers.lock();
        let mut answers = answers.iter();
        answers
            .find(|answered| answered.method == method && same(answered.policy, policy))
            .map(|answered| answered.rows.clone())
    }

    /// Keeps what a policy has said of a method.
    pub(super) fn remember(
        &self,
        policy: Option<RunAuthorize>,
        method: descriptor::Method,
        rows: Vec<Condition>,
    ) {
        self.asked.answers.lock().push(Answered {
            policy,
            method,
            rows,
        });
    }

    /// For an operation on these rows of a resource too.
    pub(super) fn permitting(&self, permitted: Permitted) -> Self {
        let mut cx = self.clone();
        cx.permits.push(Arc::new(permitted));
        cx
    }

    /// The rows that the operation on a resource may touch and leave behind; none when its policy was not asked.
    pub(super) fn permit(
        &self,
        resource: &Descriptor,
        policy: Option<RunAuthorize>,
    ) -> Option<&Arc<Permitted>> {
        // An operation that a hook begins has a later permit than the request's own.
        let mut permits = self.permits.iter().rev();
        permits.find(|permit| permit.resource.is(resource) && same(permit.policy, policy))
    }
}

/// Whether two policies are one: functions with one address do the same.
fn same(one: Option<RunAuthorize>, other: Option<RunAuthorize>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => std::ptr::fn_addr_eq(one, other),
        (None, None) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_a_policy_has_said_is_for_who_asked_it_alone() {
        const METHOD: descriptor::Method = descriptor::Method::Get;
        let database = Database::temporary().await.unwrap();
        let asked = Context::nobody(database, Extensions::new());
        asked.remember(None, METHOD, Vec::new());
        let knows = |cx: &Context| cx.answer(None, METHOD).is_some();
        assert!(knows(&asked) && knows(&asked.clone()) && knows(&asked.of_hook()));
        let alice = asked.clone().with_principal(Principal::new("alice"));
        assert!(!knows(&alice));
        assert!(!knows(&asked.clone().with_policy(policies::anybody)));
        assert!(!knows(&asked.without_request()));
        // What is said to her is not said to others either.
        alice.remember(None, METHOD, Vec::new());
        assert!(knows(&asked));
        assert!(!knows(&alice.with_principal(None)));
    }
}
