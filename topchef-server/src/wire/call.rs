//! What every handler of this server needs of a request: the application, the head, the body, links.
//!
//! It does not know which handler.

use std::convert::Infallible;
use std::net::Ipv6Addr;
use std::time::Duration;

use axum::RequestPartsExt;
use axum::extract::{FromRequest, OriginalUri, RawPathParams, Request};
use bytes::Bytes;
use http::StatusCode;
use http::header::HOST;
use http::request::Parts;
use http::uri::Authority;
use serde_json::value::RawValue;
use tokio::time::timeout;
use topchef_runtime::http::{content_type_is_json, read_body};
use topchef_runtime::transaction::Object;
use topchef_runtime::{ApiError, Context, Report};
use uuid::Uuid;

use crate::app::App;

/// The title of what is wrong with a body that could not be read.
const NOT_JSON: &str = "Request Not JSON";

/// How long a body may take to arrive: less than the request as a whole.
const BODY: Duration = Duration::from_secs(20);

/// A request with the application that it is for.
pub struct Call {
    pub(crate) app: App,
    pub(crate) parts: Parts,
    /// Read to its end before the handler begins; one that is too long or ends early fails where it is asked for.
    body: Result<Bytes, ApiError>,
}

impl FromRequest<App> for Call {
    type Rejection = Infallible;

    async fn from_request(request: Request, app: &App) -> Result<Self, Infallible> {
        let (parts, body) = request.into_parts();
        let read = read_body(&parts.headers, body, app.max_body_bytes());
        let body = timeout(BODY, read)
            .await
            .unwrap_or_else(|_| Err(too_slow()));
        Ok(Self {
            app: app.clone(),
            parts,
            body,
        })
    }
}

/// A client that does not send what it has announced is not waited for any longer: nothing was done.
fn too_slow() -> ApiError {
    let seconds = BODY.as_secs();
    ApiError::new(
        StatusCode::REQUEST_TIMEOUT,
        "Request Timeout",
        format!("the body did not arrive within {seconds} s; nothing was done"),
    )
}

impl Call {
    /// The id that the path names.
    ///
    /// # Errors
    /// 404 when it is not a UUID, in one of the spellings that Python's `UUID()` takes.
    pub(crate) async fn id(&mut self) -> Result<Uuid, ApiError> {
        let named = self.path_parameters().await?;
        match named.as_slice() {
            [.., text] => id(text),
            [] => Err(ApiError::no_such_path(self.own_path())),
        }
    }

    /// The two ids that the path names, in its order.
    ///
    /// # Errors
    /// As [`id`](Self::id).
    pub(crate) async fn two_ids(&mut self) -> Result<(Uuid, Uuid), Report> {
        let named = self.path_parameters().await?;
        match named.as_slice() {
            [.., one, other] => both(id(one), id(other)),
            _ => Err(ApiError::no_such_path(self.own_path()).into()),
        }
    }

    /// What the path names, in its order; what a router around this one takes of it comes first.
    async fn path_parameters(&mut self) -> Result<Vec<String>, ApiError> {
        let parameters = self.parts.extract::<RawPathParams>().await;
        let parameters = parameters.map_err(|_| ApiError::no_such_path(self.own_path()))?;
        let texts = parameters.iter().map(|(_, text)| text.to_owned());
        Ok(texts.collect())
    }

    /// The context, for operations on resources.
    pub(crate) fn context(&self) -> Context {
        self.app.context(&self.parts)
    }

    /// The query string.
    pub(crate) fn query(&self) -> &str {
        self.parts.uri.query().unwrap_or_default()
    }

    /// The address of a path of this server: under the public URL when there is one, else as the client spelt the host; and
    /// below whatever path the routes are nested.
    pub(crate) fn link(&self, path: &str) -> String {
        let prefix = prefix(self.own_path(), self.parts.uri.path());
        self.absolute(&format!("{prefix}{path}"))
    }

    /// The address of this request.
    pub(crate) fn own_link(&self) -> String {
        match self.parts.uri.query() {
            Some(query) => self.absolute(&format!("{}?{query}", self.own_path())),
            None => self.absolute(self.own_path()),
        }
    }

    /// The path as the client sent it, with what a router around this one took off.
    fn own_path(&self) -> &str {
        let original = self.parts.extensions.get::<OriginalUri>();
        original.map_or(self.parts.uri.path(), |original| original.path())
    }

    fn absolute(&self, path: &str) -> String {
        if let Some(base) = self.app.public_url() {
            return format!("{base}{path}");
        }
        let host = self.parts.headers.get(HOST);
        let host = host.and_then(|host| host.to_str().ok());
        let named = host.or_else(|| self.parts.uri.authority().map(Authority::as_str));
        match named.filter(|host| is_host(host)) {
            Some(host) => format!("http://{host}{path}"),
            None => path.to_owned(),
        }
    }

    /// The body, whatever it is.
    ///
    /// # Errors
    /// 413 when it is too long; 400 when it ends early.
    pub(crate) fn bytes(&self) -> Result<Bytes, ApiError> {
        self.body.clone()
    }

    /// Whether the body is said to be JSON.
    pub(crate) fn says_json(&self) -> bool {
        content_type_is_json(&self.parts.headers)
    }

    /// The body, which must be JSON and say so: the original answers 400 where others answer 415.
    ///
    /// # Errors
    /// 400 when the `Content-Type` is not JSON; otherwise as [`bytes`](Self::bytes).
    pub(crate) fn json(&self) -> Result<Bytes, ApiError> {
        if !self.says_json() {
            return Err(ApiError::not_json("`Content-Type` must say that it is"));
        }
        self.bytes()
    }
}

/// What came of a request for a record: a body that is wrong is not all that is, when there is no such record.
///
/// A body that could not be read says nothing: then the record is all that is told.
///
/// # Errors
/// Those of `done`, and before them that `lookup` finds no record.
pub(crate) async fn or_missing<T, R>(
    done: Result<T, Report>,
    lookup: impl Future<Output = Result<R, Report>>,
) -> Result<T, Report> {
    let wrong = match done {
        Err(wrong) if wrong.status() == StatusCode::BAD_REQUEST => wrong,
        done => return done,
    };
    match lookup.await {
        Err(mut missing) if missing.status() == StatusCode::NOT_FOUND => {
            if wrong.errors().iter().all(|error| error.title() != NOT_JSON) {
                missing.append(wrong);
            }
            Err(missing)
        }
        _ => Err(wrong),
    }
}

/// What routers around this one took off a path. What is nested answers at the path of its place too, where nothing of the
/// path is left, and the router says `/`.
fn prefix<'a>(own: &'a str, left: &str) -> &'a str {
    match own.strip_suffix(left) {
        Some(prefix) => prefix,
        None if left == "/" => own,
        None => "",
    }
}

/// An id in a path.
fn id(text: &str) -> Result<Uuid, ApiError> {
    uuid(text).ok_or_else(|| ApiError::not_a_key("UUID", text))
}

/// Whether a text is a host with or without a port, and nothing else (RFC 9110, section 7.2): it goes into links.
fn is_host(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port),
        _ => (text, "80"),
    };
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let is_address = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .is_some_and(|host| host.parse::<Ipv6Addr>().is_ok());
    port.parse::<u16>().is_ok() && (is_address || !host.is_empty() && host.bytes().all(is_name))
}

/// An id as Python's `UUID()` takes it: without `urn:`, `uuid:`, braces and dashes, wherever they are, 32 digits are left.
pub(crate) fn uuid(text: &str) -> Option<Uuid> {
    // The usual form, with its four dashes in place, needs no copy.
    if text.len() == 36
        && let Ok(id) = Uuid::try_parse(text)
    {
        return Some(id);
    }
    let text = text.replace("urn:", "").replace("uuid:", "");
    let digits = text.trim_matches(['{', '}']).replace('-', "");
    if digits.len() == 32 {
        Uuid::try_parse(&digits).ok()
    } else {
        None
    }
}

/// The JSON object under a key.
pub(crate) fn object_at<'a>(object: &Object<'a>, key: &str) -> Result<&'a RawValue, ApiError> {
    match object.get(key) {
        None => Err(ApiError::deserialization(key, "required", "is required")),
        Some(value) if value.get().starts_with('{') => Ok(value),
        Some(value) if value.get() == "null" => {
            Err(ApiError::deserialization(key, "null", "must not be null"))
        }
        Some(_) => Err(ApiError::deserialization(
            key,
            "type",
            "must be a JSON object",
        )),
    }
}

/// Two results, or everything that is wrong with either.
pub(crate) fn both<A, B>(
    one: Result<A, ApiError>,
    other: Result<B, ApiError>,
) -> Result<(A, B), Report> {
    match (one, other) {
        (Ok(one), Ok(other)) => Ok((one, other)),
        (one, other) => Err(one.err().into_iter().chain(other.err()).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_taken_off_a_path_goes_before_links() {
        for (own, left, taken) in [
            ("/jobs", "/jobs", ""),
            ("/", "/", ""),
            ("/queue/jobs/1", "/jobs/1", "/queue"),
            ("/labs/7/queue/jobs", "/jobs", "/labs/7/queue"),
            ("/queue", "/", "/queue"),
            ("/queue/", "/", "/queue"),
            ("/somewhere", "/else", ""),
        ] {
            assert_eq!(prefix(own, left), taken, "{own} {left}");
        }
    }

    #[test]
    fn only_a_host_goes_into_links() {
        for host in [
            "localhost",
            "example.com:8080",
            "127.0.0.1:5000",
            "[::1]:5000",
            "[::1]",
            "my_lab",
        ] {
            assert!(is_host(host), "{host}");
        }
        for other in [
            "",
            ":80",
            "evil\"<script>",
            "a b",
            "evil.com/x",
            "user@evil",
            "x:99999999",
            "http://x",
            "[x]:1",
        ] {
            assert!(!is_host(other), "{other}");
        }
    }
}
