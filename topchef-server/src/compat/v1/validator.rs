//! `/v1/validator`: the same as the second form's, with the first one's errors.

use http::StatusCode;
use serde_json::json;
use topchef_runtime::{ApiError, Reply, Report};

use super::super::v2::validator;
use crate::wire::Call;

/// `POST /v1/validator` with an object and a schema.
///
/// # Errors
/// What is not the client's fault: his are in the body, as this form has it.
pub async fn validate(call: Call) -> Result<Reply, Report> {
    let report = match validator::validate(call).await {
        Err(report) if report.status() == StatusCode::BAD_REQUEST => report,
        answered => return answered,
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
