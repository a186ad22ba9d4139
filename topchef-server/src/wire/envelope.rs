//! The envelope of an answer: `{"data": …, "links": {"self": …}, "meta": {…}}`, written from parts that are JSON already.
//!
//! It does not know what is in them.

use http::StatusCode;
use http::header::LOCATION;
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
    pub(crate) fn links(mut self, links: &[(&str, String)]) -> Self {
        self.body.extend_from_slice(b",\"links\":{");
        for (place, (name, link)) in links.iter().enumerate() {
            if place > 0 {
                self.body.push(b',');
            }
            self.string(name);
            self.body.push(b':');
            self.string(link);
        }
        self.body.push(b'}');
        self
    }

    /// With `meta` that is JSON already.
    pub(crate) fn meta(mut self, meta: &str) -> Self {
        self.body.extend_from_slice(b",\"meta\":");
        self.body.extend_from_slice(meta.as_bytes());
        self
    }

    fn string(&mut self, text: &str) {
        // A text into memory: neither can fail.
        let _ = serde_json::to_writer(&mut self.body, text);
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
