//! What is asked of every answer to a stranger: a quick refusal, nothing of this machine in it, and a server that goes on.
//!
//! It does not know what strangers send.

use crate::{Answer, Api, lab};
use serde_json::json;
use std::time::Duration;

/// A clear answer comes within a second; a loaded machine gets two.
const BOUND: Duration = Duration::from_secs(2);

/// Asserts that the answer is a quick refusal that gives away no file of this machine, and that the next request is served.
///
/// # Panics
/// When it is not, naming `what` was sent.
pub async fn assert_refused(api: &Api, what: &str, answer: &Answer) {
    assert!(
        (400..500).contains(&answer.status),
        "{what}: {}",
        brief(answer)
    );
    answer.problem(answer.status);
    assert_harmless(api, what, answer).await;
}

/// The same for an answer that may as well be a success.
///
/// # Panics
/// When it is a failure of the server, takes long or gives something away.
pub async fn assert_harmless(api: &Api, what: &str, answer: &Answer) {
    assert!(answer.status < 500, "{what}: {}", brief(answer));
    assert!(
        answer.took < BOUND,
        "{what} took {:?}: {}",
        answer.took,
        brief(answer)
    );
    let passwd = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let secret = passwd.lines().next().unwrap_or("root:x:0:0");
    assert!(
        !answer.text.contains(secret),
        "{what} shows /etc/passwd: {}",
        brief(answer)
    );
    let next = api.get("/validator").await;
    assert!(
        next.status == 200 && next.took < BOUND,
        "after {what}: {}",
        brief(&next)
    );
}

/// An answer without the megabytes it may quote.
pub fn brief(answer: &Answer) -> String {
    let text: String = answer.text.chars().take(400).collect();
    format!("{} {text}", answer.status)
}

/// Tries to use `schema` everywhere a schema is taken, with `object` as what it judges; it must be refused, at the latest when it judges.
///
/// # Panics
/// When it is not, or takes long.
pub async fn assert_useless(api: &Api, what: &str, schema: &str, object: &str) {
    let body = format!(r#"{{"object": {object}, "schema": {schema}}}"#);
    assert_refused(
        api,
        &format!("{what}, validator"),
        &api.text("POST", "/validator", &body).await,
    )
    .await;

    let registration = |takes: &str, gives: &str| {
        format!(
            r#"{{"name":"n","description":"d","job_registration_schema":{takes},"job_result_schema":{gives}}}"#
        )
    };
    let answer = api
        .text("POST", "/services", &registration(schema, "{}"))
        .await;
    if answer.status == 201 {
        assert_harmless(api, &format!("{what}, registration"), &answer).await;
        let path = format!("/services/{}/jobs", answer.made());
        let answer = api
            .text("POST", &path, &format!(r#"{{"parameters": {object}}}"#))
            .await;
        assert_refused(api, &format!("{what}, job"), &answer).await;
    } else {
        assert_refused(api, &format!("{what}, registration"), &answer).await;
    }

    let answer = api
        .text("POST", "/services", &registration("{}", schema))
        .await;
    if answer.status == 201 {
        assert_harmless(api, &format!("{what}, result schema"), &answer).await;
        let job = lab::submit(api, &answer.made(), &json!({})).await;
        let answer = api
            .text(
                "PATCH",
                &format!("/jobs/{job}"),
                &format!(r#"{{"results": {object}}}"#),
            )
            .await;
        assert_refused(api, &format!("{what}, results"), &answer).await;
    } else {
        assert_refused(api, &format!("{what}, result schema"), &answer).await;
    }
}
