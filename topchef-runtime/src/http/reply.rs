//! Answers: the envelope of records or the header in its place, problem documents, what a hook answered.
//!
//! It does not know how they came about.

use axum::body::Body;
use axum::response::Response;
use http::header::{ALLOW, CONTENT_TYPE, LINK, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use percent_encoding::{AsciiSet, CONTROLS};

use super::conditional;
use crate::Reply;
use crate::descriptor::{Descriptor, Envelope};
use crate::error::{PROBLEM_JSON, Report, problem_document};
use crate::transaction::{AfterCommit, Answered, Outcome};

/// How to say who sends a request when nothing else is said (RFC 6750): an answer 401 must say it.
const CHALLENGE: &str = "Bearer";

/// The answer to a write: `path` is the collection's for a `POST`, the record's for the others.
pub(super) fn of_write(
    descriptor: &Descriptor,
    outcome: Outcome,
    path: &str,
    posted: bool,
) -> Response {
    match outcome {
        Outcome::Deleted => Reply::no_content().into_axum(),
        Outcome::Reply(reply) => reply.into_axum(),
        Outcome::Answered(answered) => of_answer(answered, path),
        Outcome::Records {
            json,
            after_commit,
            related_failed,
        } => enveloped(
            descriptor.envelope,
            StatusCode::CREATED,
            &json,
            &[],
            meta(after_commit, related_failed),
        ),
        Outcome::Record {
            json,
            key,
            tag,
            created,
            after_commit,
            related_failed,
        } => {
            let link = if posted {
                format!("{}/{key}", path.trim_end_matches('/'))
            } else {
                path.to_owned()
            };
            let status = if created {
                StatusCode::CREATED
            } else {
                StatusCode::OK
            };
            let links = [("self", link.as_str())];
            let response = enveloped(
                descriptor.envelope,
                status,
                &json,
                &links,
                meta(after_commit, related_failed),
            );
            let mut response = conditional::tagged(response, &tag);
            if created && let Ok(location) = HeaderValue::from_str(&link) {
                response.headers_mut().insert(LOCATION, location);
            }
            response
        }
    }
}

/// Records in the envelope of their resource; where it has none, its links are in a `Link` header and there is no `meta`.
pub(super) fn enveloped(
    envelope: Envelope,
    status: StatusCode,
    data: &[u8],
    links: &[(&str, &str)],
    meta: &[u8],
) -> Response {
    match envelope {
        Envelope::Data => json_response(status, in_envelope(data, links, meta)),
        Envelope::None => {
            let mut response = json_response(status, data.to_vec());
            if let Ok(links) = HeaderValue::try_from(link_header(links))
                && !links.is_empty()
            {
                response.headers_mut().insert(LINK, links);
            }
            response
        }
    }
}

/// Links as RFC 8288, section 3, writes them.
fn link_header(links: &[(&str, &str)]) -> String {
    let links = links.iter().map(|(name, link)| {
        let link = percent_encoding::utf8_percent_encode(link, OUTSIDE_LINKS);
        format!("<{link}>; rel=\"{name}\"")
    });
    links.collect::<Vec<_>>().join(", ")
}

/// What would end a link before its end, or is no header.
const OUTSIDE_LINKS: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>');

/// A record that a hook answered with: its link is below whatever the resource that was asked is below.
fn of_answer(answered: Answered, path: &str) -> Response {
    let below = path.find(answered.asked.path);
    let below = below.and_then(|end| path.get(..end)).unwrap_or_default();
    let link = format!("{below}{}", answered.path);
    let links = [("self", link.as_str())];
    let envelope = answered.asked.envelope;
    let mut response = enveloped(envelope, answered.status, &answered.json, &links, b"{}");
    response.headers_mut().extend(answered.headers);
    response
}

/// What of an answer failed or is still to come after the write, which stands.
fn meta(after_commit: AfterCommit, related_failed: bool) -> &'static [u8] {
    match (after_commit, related_failed) {
        (AfterCommit::Done, false) => b"{}",
        (AfterCommit::Failed, false) => br#"{"after_commit":"failed"}"#,
        (AfterCommit::Waiting, false) => br#"{"after_commit":"waiting"}"#,
        (AfterCommit::Done, true) => br#"{"related":"failed"}"#,
        (AfterCommit::Failed, true) => br#"{"after_commit":"failed","related":"failed"}"#,
        (AfterCommit::Waiting, true) => br#"{"after_commit":"waiting","related":"failed"}"#,
    }
}

/// `{"data": …, "links": {…}, "meta": {…}}`.
fn in_envelope(data: &[u8], links: &[(&str, &str)], meta: &[u8]) -> Vec<u8> {
    let links_length = links
        .iter()
        .map(|(name, link)| name.len() + link.len() + r#""":"","#.len());
    // Without a comma too many, and where a link has nothing to escape: then nothing is left over, and the body need not
    // be told how much.
    let length = r#"{"data":,"links":{},"meta":}"#.len()
        + data.len()
        + links_length.sum::<usize>().saturating_sub(1)
        + meta.len();
    let mut body = Vec::with_capacity(length);
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
    if report.status() == StatusCode::UNAUTHORIZED {
        let challenge = report.challenge().unwrap_or(CHALLENGE);
        let challenge = HeaderValue::from_str(challenge);
        headers.insert(
            WWW_AUTHENTICATE,
            challenge.unwrap_or(HeaderValue::from_static(CHALLENGE)),
        );
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_a_link_does_not_end_it() {
        let links = [("self", "/books?a=>; rel=\"x\"\r\n"), ("next", "/b%3E")];
        assert_eq!(
            link_header(&links),
            "</books?a=%3E;%20rel=%22x%22%0D%0A>; rel=\"self\", </b%3E>; rel=\"next\""
        );
        assert_eq!(link_header(&[]), "");
    }
}
