//! The envelope of an answer: `{"data": …, "links": {"self": …}, "meta": {…}}`, written from parts that are JSON already.
//!
//! It does not know what is in them.

use http::StatusCode;
use http::header::LOCATION;
use serde_json::{Value, json};
use topchef_runtime::Reply;

/// An answer being put together.
pub(crate) struct Envelope {
    body: Vec<u8>,
}

impl Envelope {
    /// An envelope around data that is JSON already.
    pub(crate) fn of(data: &[u8]) -> Self {
        let mut body = Vec::with_capacity(data.len() + 1024);
        body.extend_from_slice(b"{\"data\":");
        body.extend_from_slice(data);
        Self { body }
    }

    /// With `links`.
    pub(crate) fn links(self, links: &[(&str, String)]) -> Self {
        let links: serde_json::Map<_, _> = links
            .iter()
            .map(|(name, link)| ((*name).to_owned(), json!(link)))
            .collect();
        self.key("links", &Value::Object(links))
    }

    /// With `meta`.
    pub(crate) fn meta(self, meta: &Value) -> Self {
        self.key("meta", meta)
    }

    /// With `meta` that is JSON already.
    pub(crate) fn raw_meta(mut self, meta: &str) -> Self {
        self.body.extend_from_slice(b",\"meta\":");
        self.body.extend_from_slice(meta.as_bytes());
        self
    }

    fn key(mut self, name: &str, value: &Value) -> Self {
        let value = value.to_string();
        self.body
            .extend_from_slice(format!(",\"{name}\":{value}").as_bytes());
        self
    }

    /// The answer.
    pub(crate) fn reply(mut self, status: StatusCode) -> Reply {
        self.body.push(b'}');
        Reply::raw_json(status, self.body)
    }

    /// The answer 200.
    pub(crate) fn ok(self) -> Reply {
        self.reply(StatusCode::OK)
    }
}

/// A reply with its `Location`.
pub(crate) fn located(reply: Reply, location: &str) -> Reply {
    match location.parse() {
        Ok(location) => reply.header(LOCATION, location),
        Err(_) => reply,
    }
}
