//! What a hook may answer in place of the record.
//!
//! It knows no router: a status, headers and bytes.

use http::header::{CONTENT_TYPE, HeaderName};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Serialize;

use crate::error::{ApiError, Report};

/// How a request goes on after a hook.
#[derive(Debug)]
pub enum Next {
    /// As it would without the hook.
    Proceed,
    /// This is the answer. In `before_commit`, what the hook wrote is committed and the default write is not made.
    Instead(Reply),
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    /// An answer with a JSON body.
    ///
    /// # Errors
    /// A [`Report`] with 500 when `body` has no JSON form.
    pub fn json(status: StatusCode, body: &impl Serialize) -> Result<Self, Report> {
        let body = serde_json::to_vec(body).map_err(ApiError::serialization)?;
        Ok(Self::raw_json(status, body))
    }

    /// An answer whose body is JSON already.
    pub fn raw_json(status: StatusCode, body: Vec<u8>) -> Self {
        let headers =
            HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
        Self {
            status,
            headers,
            body,
        }
    }

    /// An answer without a body: 204.
    pub fn no_content() -> Self {
        Self {
            status: StatusCode::NO_CONTENT,
            headers: HeaderMap::new(),
            body: Vec::new(),
        }
    }

    /// With one more header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The body.
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}
