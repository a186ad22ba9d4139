//! The problem document (RFC 9457) of a report: the one shape of every answer that is not a success.
//!
//! It does not know who sends it.

use serde::Serialize;

use super::{ApiError, Report};

/// The media type of problem documents (RFC 9457, section 3).
pub const PROBLEM_JSON: &str = "application/problem+json";

/// What stands before a title that was made a URN: a `type` need not be fetched (RFC 9457, section 3.1.1).
const TYPE_PREFIX: &str = "urn:problem-type:topchef:";

#[derive(Serialize)]
struct Problem<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    detail: String,
    errors: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    status_code: u16,
    title: &'a str,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<&'a str>,
    code: &'a str,
}

/// The body of a report, as JSON bytes.
pub fn problem_document(report: &Report) -> Vec<u8> {
    let title = common_title(report.errors());
    let problem = Problem {
        r#type: format!("{TYPE_PREFIX}{}", title.to_lowercase().replace(' ', "-")),
        title,
        status: report.status().as_u16(),
        detail: report.detail(),
        errors: report.errors().iter().map(entry).collect(),
    };
    // Strings and numbers alone: there is nothing in it that could fail to be written.
    serde_json::to_vec(&problem).unwrap_or_default()
}

fn entry(error: &ApiError) -> Entry<'_> {
    Entry {
        status_code: error.status().as_u16(),
        title: error.title(),
        detail: error.detail(),
        pointer: error.pointer(),
        code: error.code(),
    }
}

fn common_title(errors: &[ApiError]) -> &str {
    match errors {
        [] => "Internal Error",
        [first, rest @ ..] if rest.iter().all(|error| error.title() == first.title()) => {
            first.title()
        }
        _ => "Several Errors",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_says_everything_once() {
        let mut report = Report::new();
        report.push(ApiError::deserialization(
            "title",
            "max_length",
            "at most 5 characters",
        ));
        report.push(ApiError::deserialization("a/b", "type", "not an integer"));
        let body: serde_json::Value = serde_json::from_slice(&problem_document(&report)).unwrap();
        assert_eq!(body["status"], 400);
        assert_eq!(body["detail"], "2 errors");
        assert_eq!(
            body["type"],
            "urn:problem-type:topchef:deserialization-error-from-client-data"
        );
        assert_eq!(body["errors"][0]["code"], "max_length");
        assert_eq!(body["errors"][1]["pointer"], "/a~1b");
    }
}
