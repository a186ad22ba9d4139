//! `/v1/validator`: the same as the second form's, with the first one's errors.

use http::StatusCode;
use serde_json::json;
use topchef_runtime::{ApiError, Reply, Report};

use super::super::body;
use crate::wire::Call;

/// `POST /v1/validator` with an object and a schema.
///
/// # Errors
/// What is not the client's fault: his are in the body, as this form has it.
pub async fn validate(call: Call) -> Result<Reply, Report> {
    let report = match body::validate(&call).await {
        Ok(()) => {
            let body = json!({"data": {"message": "the object satisfies the schema"}});
            return Reply::json(StatusCode::OK, &body);
        }
        Err(report) if report.status() == StatusCode::BAD_REQUEST => report,
        Err(other) => return Err(other),
    };
    let context: Vec<_> = report.errors().iter().map(told).collect();
    let body = json!({"errors": {"message": report.detail(), "context": context}});
    Reply::json(StatusCode::BAD_REQUEST, &body)
}

fn told(error: &ApiError) -> String {
    match error.pointer() {
        Some(pointer) => format!("{pointer}: {}", error.detail()),
        None => error.detail().to_owned(),
    }
}
