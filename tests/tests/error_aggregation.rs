//! The status and the body of several errors, against a rule that is written here a second time.
//!
//! Only the crate's own errors and reports are made here; it does not know which requests end with them.

#![expect(
    clippy::unwrap_used,
    reason = "what a test's helpers cannot do stops the test"
)]

use std::io::Error as Cause;
use std::time::Duration;

use axum::body::to_bytes;
use axum::response::IntoResponse;
use http::{Method, StatusCode};
use proptest::prelude::*;
use serde_json::Value;
use topchef_runtime::{ApiError, Report};

/// What stands in every cause, and must stand in no answer.
const SECRET: &str = "the maintainer's disk";
/// How many errors an answer lists.
const LISTED: usize = 100;

/// Errors of every kind that there is, each made with a text that a stranger chose.
const KINDS: &[fn(&str) -> ApiError] = &[
    |text| ApiError::deserialization(text, "required", "is required"),
    |_| ApiError::not_an_object(),
    |_| ApiError::item_not_an_object(),
    |text| ApiError::given_twice(text),
    |_| ApiError::no_records(),
    |_| ApiError::too_many_records(1_000),
    |text| ApiError::not_json(text),
    |_| ApiError::unsupported_media_type(),
    |_| ApiError::payload_too_large(1_000),
    |_| ApiError::too_deep(100),
    |_| ApiError::body_not_read(Cause::other(SECRET)),
    |_| ApiError::unauthorized(),
    |text| ApiError::forbidden(text),
    |text| ApiError::no_such_path(text),
    |text| ApiError::not_a_key("UUID", text),
    |text| ApiError::record_not_found("Service", text),
    |_| ApiError::method_not_implemented(&Method::DELETE, "GET, HEAD"),
    |text| ApiError::query_parameter(text, "unknown", "is unknown"),
    |text| ApiError::related_too_large(text),
    |text| ApiError::not_unique(text),
    |_| ApiError::not_unique_together(),
    |_| ApiError::reference_broken(),
    |text| ApiError::reference_to_nothing("service_id", "Service", text),
    |text| ApiError::still_referred_to(text),
    |_| ApiError::constraint(),
    |text| ApiError::malformed_header("If-Match", text),
    |_| ApiError::precondition_failed(),
    |_| ApiError::changed_meanwhile(),
    |_| ApiError::idempotency_key_reused(),
    |_| ApiError::idempotency_key_in_use(),
    |_| ApiError::answer_lost(),
    |_| ApiError::database_unavailable(Cause::other(SECRET)),
    |_| ApiError::serialization(Cause::other(SECRET)),
    |_| ApiError::internal(Cause::other(SECRET)),
    |text| own(StatusCode::TOO_MANY_REQUESTS, text).retry_after(Duration::from_secs(7)),
    |text| own(StatusCode::NOT_IMPLEMENTED, text).caused_by(Cause::other(SECRET)),
    |text| own(StatusCode::BAD_GATEWAY, text).caused_by(Cause::other(SECRET)),
];

/// An error of an application.
fn own(status: StatusCode, text: &str) -> ApiError {
    ApiError::new(status, "Out Of Reagents", format!("{text} is used up"))
}

/// The rule as it is written down: all the same, that one; different client errors, 400; client and server errors, 500;
/// none gathered, 500. Of different server errors it says nothing; none of them is the client's, so they are 500 too.
fn rule(mut statuses: Vec<u16>) -> u16 {
    statuses.sort_unstable();
    statuses.dedup();
    let is_the_clients = |status: &u16| (400..=499).contains(status);
    match statuses.as_slice() {
        [] => 500,
        [only] => *only,
        several if several.iter().all(is_the_clients) => 400,
        _ => 500,
    }
}

/// What an answer must say of an error.
fn told(error: &ApiError) -> (u16, String, String) {
    let status = error.status().as_u16();
    (status, error.title().to_owned(), error.detail().to_owned())
}

/// What an entry of an answer's `errors` says.
fn read(entry: &Value) -> (u16, String, String) {
    let text = |key: &str| entry[key].as_str().unwrap().to_owned();
    let status = entry["status_code"].as_u64().unwrap();
    (status.try_into().unwrap(), text("title"), text("detail"))
}

/// The answer of a report: its status, and its body as text and as JSON.
fn answer(report: Report) -> (u16, String, Value) {
    let response = report.into_response();
    let status = response.status().as_u16();
    assert_eq!(
        response.headers()["content-type"],
        "application/problem+json"
    );
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.build().unwrap();
    let body = runtime.block_on(to_bytes(response.into_body(), usize::MAX));
    let text = String::from_utf8(body.unwrap().to_vec()).unwrap();
    let json = serde_json::from_str(&text).unwrap();
    (status, text, json)
}

fn error() -> impl Strategy<Value = ApiError> {
    let text =
        proptest::sample::select(&["", "rpm", "a/b~c", "é\u{1}\"", "7b0f5a4e", "_schema", " "][..]);
    (proptest::sample::select(KINDS), text).prop_map(|(kind, text)| kind(text))
}

/// Lists of many kinds, and lists of few: of those more have one status.
fn errors(length: std::ops::Range<usize>) -> impl Strategy<Value = Vec<ApiError>> {
    let of_one = (error(), 1..4_usize).prop_map(|(error, times)| vec![error; times]);
    let of_all = proptest::collection::vec(error(), length);
    prop_oneof![1 => of_one, 4 => of_all]
}

fn statuses(errors: &[ApiError]) -> Vec<u16> {
    errors.iter().map(|it| it.status().as_u16()).collect()
}

proptest! {
    #[test]
    fn several_errors_have_the_status_of_the_rule(errors in errors(0..6)) {
        let report: Report = errors.iter().cloned().collect();
        let due = rule(statuses(&errors));
        let (status, _, body) = answer(report);
        prop_assert_eq!(status, due, "{:?}", errors);
        prop_assert_eq!(&body["status"], due);
    }

    #[test]
    fn every_error_that_was_gathered_is_told_in_its_order(errors in errors(1..LISTED)) {
        let (_, text, body) = answer(errors.iter().cloned().collect());
        let entries = body["errors"].as_array().unwrap();
        let found: Vec<_> = entries.iter().map(read).collect();
        prop_assert_eq!(found, errors.iter().map(told).collect::<Vec<_>>());
        for (entry, error) in entries.iter().zip(&errors) {
            prop_assert_eq!(entry["pointer"].as_str(), error.pointer());
            prop_assert_eq!(entry["code"].as_str(), Some(error.code()));
        }
        prop_assert!(!text.contains(SECRET), "{}", text);
    }

    #[test]
    fn reports_that_are_joined_are_as_one(one in errors(0..4), other in errors(0..4)) {
        let mut joined: Report = one.iter().cloned().collect();
        joined.append(other.iter().cloned().collect());
        let all: Vec<_> = one.into_iter().chain(other).collect();
        prop_assert_eq!(joined.is_empty(), all.is_empty());
        prop_assert_eq!(joined.status().as_u16(), rule(statuses(&all)));
        let found: Vec<_> = joined.errors().iter().map(told).collect();
        prop_assert_eq!(found, all.iter().map(told).collect::<Vec<_>>());
    }

    #[test]
    fn more_errors_than_are_listed_have_the_status_of_them_all(
        many in error(),
        others in errors(0..6),
    ) {
        let mut errors = vec![many; LISTED + 1];
        errors.extend(others);
        let (status, text, body) = answer(errors.iter().cloned().collect());
        prop_assert_eq!(status, rule(statuses(&errors)), "{:?}", &errors[LISTED..]);
        prop_assert_eq!(body["errors"].as_array().unwrap().len(), LISTED);
        let count = format!("{} errors", errors.len());
        prop_assert!(body["detail"].as_str().unwrap().starts_with(&count), "{}", body);
        prop_assert!(!text.contains(SECRET), "{}", text);
    }
}

#[test]
fn the_examples_of_the_rule() {
    for (statuses, due) in [
        (&[][..], 500),
        (&[404], 404),
        (&[404, 404], 404),
        (&[404, 403], 400),
        (&[400, 404], 400),
        (&[503, 503], 503),
        (&[400, 500], 500),
        (&[404, 503], 500),
        (&[500, 503], 500),
    ] {
        assert_eq!(rule(statuses.to_vec()), due, "{statuses:?}");
        let errors = statuses
            .iter()
            .map(|status| own(StatusCode::from_u16(*status).unwrap(), "agar"));
        assert_eq!(answer(errors.collect()).0, due, "{statuses:?}");
    }
}

#[test]
fn every_kind_of_error_is_among_those_that_are_gathered() {
    let mut found: Vec<_> = KINDS
        .iter()
        .map(|kind| kind("x").status().as_u16())
        .collect();
    found.sort_unstable();
    found.dedup();
    assert_eq!(
        found,
        [
            400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 429, 500, 501, 502, 503
        ]
    );
    // Those of the original, by the titles that its clients know.
    let titles: Vec<_> = KINDS
        .iter()
        .map(|kind| kind("x").title().to_owned())
        .collect();
    for title in [
        "Not UUID Error",
        "Service Not Found",
        "Request Not JSON",
        "Deserialization Error From Client Data",
        "Method Not Implemented",
        "Serialization Error From Server Data",
        "Database Error",
    ] {
        assert!(titles.iter().any(|it| it == title), "{title}");
    }
}
