//! `DELETE /services/{id}?jobs=delete`: removing a service, with its jobs.

use http::Method;
use topchef_runtime::query::decode;
use topchef_runtime::{ApiError, Reply, Report};

use crate::queue::Removal;
use crate::wire::Call;

/// What a service's path allows to those who do not say that its jobs are to go along.
const ALLOW: &str = "OPTIONS, PATCH, HEAD, GET";

/// `DELETE /services/{id}?jobs=delete`; with `&force=true` also when jobs are being worked on.
///
/// The original has no `DELETE` here, and its clients are told so: who wants it says in words that the jobs go along.
///
/// # Errors
/// 405 without `jobs=delete`; 404; 409 when jobs are being worked on; 400 for an unknown query parameter.
pub async fn remove(mut call: Call) -> Result<Reply, Report> {
    if !says(call.query(), "jobs", "delete") {
        return Err(ApiError::method_not_implemented(&Method::DELETE, ALLOW).into());
    }
    let id = call.id().await?;
    let removal = removal(call.query(), &["jobs", "force"])?;
    call.app.queue().remove_service(id, removal).await?;
    Ok(Reply::no_content())
}

/// Whether what is being worked on is removed too; of all parameters only `known` are known.
pub(super) fn removal(query: &str, known: &[&str]) -> Result<Removal, Report> {
    let mut report = Report::new();
    let mut seen = Vec::new();
    for (name, value) in pairs(query) {
        if seen.contains(&name) {
            let detail = "is given twice";
            report.push(ApiError::query_parameter(&name, "given_twice", detail));
            continue;
        }
        report.extend(refusal(&name, &value, known));
        seen.push(name);
    }
    report.into_result()?;
    Ok(if says(query, "force", "true") {
        Removal::Forced
    } else {
        Removal::Careful
    })
}

fn refusal(name: &str, value: &str, known: &[&str]) -> Option<ApiError> {
    if !known.contains(&name) {
        let detail = format!("no such parameter; known are {}", known.join(", "));
        return Some(ApiError::query_parameter(name, "unknown_parameter", detail));
    }
    let wrong = name == "force" && !["true", "false"].contains(&value);
    wrong.then(|| ApiError::query_parameter(name, "type", "must be true or false"))
}

fn says(query: &str, name: &str, value: &str) -> bool {
    pairs(query).any(|pair| pair == (name.to_owned(), value.to_owned()))
}

fn pairs(query: &str) -> impl Iterator<Item = (String, String)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(name).into_owned(), decode(value).into_owned())
    })
}
