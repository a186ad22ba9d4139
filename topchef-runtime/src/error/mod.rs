//! What goes to a client that did not get what it asked for: one error, the report of several, the problem document.
//!
//! Which error to use where:
//! [`ApiError`] is one thing that is wrong; its constructors in this module's files are the ones that the runtime itself raises.
//! [`Report`] is everything that is wrong with one request; functions that can find several things return it.
//! A cause that a client must not see goes into [`ApiError::caused_by`]: the log gets it once, the body never.
//!
//! It knows nothing of routers and databases.

mod known;
mod problem;
mod report;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

pub(crate) use known::{pointer, shortened};
pub use problem::{PROBLEM_JSON, problem_document};
pub use report::Report;

/// One thing that is wrong with a request, or with the server's handling of it.
///
/// The contract of the original server: a status, a title common to all errors of a kind, and a detail.
/// Beside it, as RFC 9457 invites, a JSON pointer to the wrong place and a code that a program can match on.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}: {}", self.0.title, self.0.detail)]
pub struct ApiError(Box<Facts>);

/// What an error says; boxed, because most results are none.
#[derive(Clone, Debug)]
struct Facts {
    status: StatusCode,
    title: Cow<'static, str>,
    detail: Cow<'static, str>,
    pointer: Option<String>,
    code: Cow<'static, str>,
    retry_after: Option<Duration>,
    allow: Option<Cow<'static, str>>,
    challenge: Option<Cow<'static, str>>,
    cause: Option<Cause>,
}

/// The code of a transaction that was undone because of another one.
const TRANSACTION_CONFLICT: &str = "transaction_conflict";

/// What really happened, for the log alone.
type Cause = Arc<dyn std::error::Error + Send + Sync>;

impl ApiError {
    /// An error with a status, a title common to all errors of its kind, and a detail.
    ///
    /// The code is the title in snake case until [`with_code`](Self::with_code) says otherwise.
    pub fn new(
        status: StatusCode,
        title: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        let title = title.into();
        let code = title.to_lowercase().replace(' ', "_");
        Self(Box::new(Facts {
            status,
            title,
            detail: detail.into(),
            pointer: None,
            code: code.into(),
            retry_after: None,
            allow: None,
            challenge: None,
            cause: None,
        }))
    }

    /// The code that a program can match on, in `snake_case`.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<Cow<'static, str>>) -> Self {
        self.0.code = code.into();
        self
    }

    /// A JSON pointer (RFC 6901) to the wrong place in the body.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        self.0.pointer = Some(pointer.into());
        self
    }

    /// The same error in a body in which what it is about stands at `place`, a JSON pointer.
    #[must_use]
    pub(crate) fn below(mut self, place: &str) -> Self {
        if let Some(pointer) = &mut self.0.pointer {
            pointer.insert_str(0, place);
        }
        self
    }

    /// When it makes sense to try again; goes out as `Retry-After`, in whole seconds, at least one.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// The methods that a resource has, for `Allow`.
    #[must_use]
    pub(crate) fn allowing(mut self, allow: impl Into<Cow<'static, str>>) -> Self {
        self.0.allow = Some(allow.into());
        self
    }

    /// How to say who sends a request, for `WWW-Authenticate` (RFC 9110, section 11.6.1): `Basic realm="books"`.
    #[must_use]
    pub fn challenge(mut self, challenge: impl Into<Cow<'static, str>>) -> Self {
        self.0.challenge = Some(challenge.into());
        self
    }

    /// What really happened: logged once where the answer is made, never sent.
    #[must_use]
    pub fn caused_by(mut self, cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.0.cause = Some(Arc::new(cause));
        self
    }

    /// The status of this error alone.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The title common to all errors of this kind.
    pub fn title(&self) -> &str {
        &self.0.title
    }

    /// What is wrong this time.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// Where in the body it is wrong, as a JSON pointer.
    pub fn pointer(&self) -> Option<&str> {
        self.0.pointer.as_deref()
    }

    /// The code that a program can match on.
    pub fn code(&self) -> &str {
        &self.0.code
    }
}
