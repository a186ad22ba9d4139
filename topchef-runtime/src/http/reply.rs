//! Answers: the envelope of records, problem documents, what a hook answered.
//!
//! It does not know how they came about.

use axum::body::Body;
use axum::response::Response;
use http::header::{ALLOW, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use http::{HeaderValue, StatusCode};

use crate::Reply;
use crate::error::{PROBLEM_JSON, Report, problem_document};
use crate::transaction::Outcome;

/// The answer to a write: `path` is the collection's for a `POST`, the record's for the others.
pub(super) fn of_write(outcome: Outcome, path: &str, posted: bool) -> Response {
    match outcome {
        Outcome::Deleted => Reply::no_content().into_axum(),
        Outcome::Reply(reply) => reply.into_axum(),
        Outcome::Record {
            json,
            key,
            created,
            after_commit_failed,
        } => {
            let link = if posted {
                format!("{}/{key}", path.trim_end_matches('/'))
            } else {
                path.to_owned()
            };
            let meta: &[u8] = if after_commit_failed {
                br#"{"after_commit":"failed"}"#
            } else {
                b"{}"
            };
            let status = if created {
                StatusCode::CREATED
            } else {
                StatusCode::OK
            };
            let mut response = json_response(status, envelope(&json, &[("self", &link)], meta));
            if created && let Ok(location) = HeaderValue::from_str(&link) {
                response.headers_mut().insert(LOCATION, location);
            }
            response
        }
    }
}

/// `{"data": …, "links": {…}, "meta": {…}}`.
pub(super) fn envelope(data: &[u8], links: &[(&str, &str)], meta: &[u8]) -> Vec<u8> {
    let mut body = Vec::with_capacity(data.len() + 128);
    body.extend_from_slice(br#"{"data":"#);
    body.extend_from_slice(data);
    body.extend_from_slice(br#","links":{"#);
    for (position, (name, link)) in links.iter().enumerate() {
        if position > 0 {
            body.push(b',');
        }
        body.push(b'"');
        body.extend_from_slice(name.as_bytes());
        body.extend_from_slice(b"\":");
        // A string into a vector: neither can fail.
        let _ = serde_json::to_writer(&mut body, link);
    }
    body.extend_from_slice(br#"},"meta":"#);
    body.extend_from_slice(meta);
    body.push(b'}');
    body
}

pub(super) fn json_response(status: StatusCode, body: Vec<u8>) -> Response {
    Reply::raw_json(status, body).into_axum()
}

/// The problem document of a report, with the headers that its errors ask for; its causes go to the log.
pub(super) fn problem(report: &Report) -> Response {
    report.log();
    let mut response = Response::new(Body::from(problem_document(report)));
    *response.status_mut() = report.status();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    if let Some(wait) = report.retry_after() {
        headers.insert(RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
    }
    if let Some(allow) = report
        .allow()
        .and_then(|allow| HeaderValue::from_str(allow).ok())
    {
        headers.insert(ALLOW, allow);
    }
    response
}

impl Reply {
    pub(super) fn into_axum(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }
}
