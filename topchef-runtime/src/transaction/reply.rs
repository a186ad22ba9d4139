//! What a hook may answer in place of the record.
//!
//! It knows no router: a status, headers and bytes.

use http::header::{CONTENT_TYPE, HeaderName};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Serialize;

use super::hooks::{Endpoint, Hooked};
use crate::column::Value;
use crate::descriptor::Method;
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
    /// The record that it is, of whatever resource.
    pub(super) record: Option<Record>,
}

/// A record of some resource.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) endpoint: Endpoint,
    /// All columns.
    pub(super) values: Vec<Value>,
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
        // Room for a length, a tag and a link as well: to grow is dearer than to begin with it.
        let mut headers = HeaderMap::with_capacity(6);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Self {
            status,
            headers,
            body,
            record: None,
        }
    }

    /// An answer as it once was.
    pub(crate) fn again(status: StatusCode, headers: HeaderMap, body: Vec<u8>) -> Self {
        Self {
            status,
            headers,
            body,
            record: None,
        }
    }

    /// A record of any resource, in its envelope, with the path of its own: a job in place of the book that it is about.
    ///
    /// What goes out of it is what the answering resource's `serial_fields` say of this resource, `post = Job[id, status]`;
    /// where they say nothing, what a `GET` of it shows.
    ///
    /// # Errors
    /// A [`Report`] with 500 when the record has no JSON form.
    pub fn record<M: Hooked>(status: StatusCode, record: &M) -> Result<Self, Report> {
        // Outside a request there is nothing around it.
        let body = record.to_json(Method::Get)?;
        Ok(Self {
            record: Some(Record {
                endpoint: Endpoint::of::<M>(),
                values: record.values()?,
            }),
            ..Self::raw_json(status, body)
        })
    }

    /// An answer without a body: 204.
    pub fn no_content() -> Self {
        Self {
            status: StatusCode::NO_CONTENT,
            headers: HeaderMap::new(),
            body: Vec::new(),
            record: None,
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
