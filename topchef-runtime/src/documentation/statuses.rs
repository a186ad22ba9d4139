//! The statuses that each method can answer with, and what each means.
//!
//! It does not know their bodies. What hooks answer beside them is theirs to say.

use http::StatusCode;

use super::catalogue::{Access, Resource};
use crate::descriptor::Method;

/// A status and what it means.
pub(crate) type Status = (StatusCode, &'static str);

/// The statuses that a method of a resource can answer with, smallest first.
pub(crate) fn statuses(resource: &Resource, method: Method, access: Access) -> Vec<Status> {
    let mut statuses = own(method).to_vec();
    statuses.extend(ALWAYS);
    if takes_a_body(method) {
        statuses.extend(WITH_A_BODY);
    }
    if access == Access::Authenticated || resource.is_guarded(method) {
        statuses.extend(REFUSALS);
    }
    statuses.sort_by_key(|(status, _)| *status);
    statuses
}

/// Whether a method takes an idempotency key.
pub(crate) fn takes_a_key(method: Method) -> bool {
    matches!(method, Method::Post | Method::Patch)
}

/// Whether a method has a body to read.
pub(crate) fn takes_a_body(method: Method) -> bool {
    matches!(method, Method::Post | Method::Put | Method::Patch)
}

/// What every request may come to.
pub(super) const ALWAYS: [Status; 3] = [
    (
        StatusCode::BAD_REQUEST,
        "The request is not understood; everything that is wrong with it is told.",
    ),
    (StatusCode::INTERNAL_SERVER_ERROR, "The server failed."),
    (
        StatusCode::SERVICE_UNAVAILABLE,
        "The database cannot answer now; worth another try later.",
    ),
];

/// What a request may come to where not everybody may ask.
pub(super) const NOBODY: Status = (
    StatusCode::UNAUTHORIZED,
    "The request does not say who makes it.",
);

/// What a request may come to where not everybody may do everything.
const REFUSALS: [Status; 2] = [
    NOBODY,
    (
        StatusCode::FORBIDDEN,
        "Who makes the request may not do this.",
    ),
];

const WITH_A_BODY: [Status; 2] = [
    (
        StatusCode::PAYLOAD_TOO_LARGE,
        "The body is longer than is taken.",
    ),
    (
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "The body does not say that it is JSON.",
    ),
];

const NOT_FOUND: Status = (StatusCode::NOT_FOUND, "There is no such record.");
pub(super) const PRECONDITION: Status = (
    StatusCode::PRECONDITION_FAILED,
    "What is stored is not, or no longer, what the request's conditions say.",
);
const CONFLICT: Status = (
    StatusCode::CONFLICT,
    "Another record has the same value already, or a record that is referred to does not exist.",
);
/// As [`CONFLICT`], of a method that takes an idempotency key.
const CONFLICT_OR_RUNNING: Status = (
    StatusCode::CONFLICT,
    "Another record has the same value already, a record that is referred to does not exist, or a request with the same idempotency key still runs.",
);
const OTHER_BODY: Status = (
    StatusCode::UNPROCESSABLE_ENTITY,
    "The idempotency key was used with another request.",
);

fn own(method: Method) -> &'static [Status] {
    match method {
        Method::Get => &[
            (StatusCode::OK, "The record."),
            (
                StatusCode::NOT_MODIFIED,
                "The record is still the one that the client has.",
            ),
            NOT_FOUND,
            PRECONDITION,
        ],
        Method::List => &[(StatusCode::OK, "A page of records.")],
        Method::Post => &[
            (
                StatusCode::OK,
                "What an earlier request with the same idempotency key stored, as it is now: its own answer was lost.",
            ),
            (
                StatusCode::CREATED,
                "The record, or the records, as stored.",
            ),
            (
                StatusCode::NOT_FOUND,
                "What an earlier request with the same idempotency key stored is gone, and its own answer was lost.",
            ),
            CONFLICT_OR_RUNNING,
            OTHER_BODY,
        ],
        Method::Put => &[
            (StatusCode::OK, "The record as it is stored now."),
            (
                StatusCode::CREATED,
                "There was no such record; now there is.",
            ),
            NOT_FOUND,
            CONFLICT,
            PRECONDITION,
        ],
        Method::Patch => &[
            (StatusCode::OK, "The record as it is stored now."),
            NOT_FOUND,
            CONFLICT_OR_RUNNING,
            PRECONDITION,
            OTHER_BODY,
        ],
        Method::Delete => &[
            (StatusCode::NO_CONTENT, "The record is gone."),
            NOT_FOUND,
            (
                StatusCode::CONFLICT,
                "Another record still refers to this one.",
            ),
            PRECONDITION,
        ],
    }
}
