//! `X-HTTP-Method-Override`: how a client that can only POST reaches every method, and nobody else does.

use serde_json::{Value, json};
use topchef_tests::lab::{self, title};
use topchef_tests::{Answer, Api, Server, assert_keys, raw};

const HEADER: &str = "X-HTTP-Method-Override";

async fn override_with(api: &Api, sent: &str, meant: &str, path: &str, body: &Value) -> Answer {
    let request = api
        .request(sent, path)
        .header(HEADER, meant)
        .header("content-type", "application/json");
    api.send(request.body(body.to_string())).await
}

#[tokio::test]
async fn a_post_may_mean_a_patch_in_any_case() {
    let server = Server::start();
    let api = server.api();
    let (service, job) = lab::service_and_job(&api).await;
    for (meant, timeout) in [("PATCH", 41), ("patch", 42), ("Patch", 43)] {
        let path = format!("/services/{service}");
        let answer = override_with(&api, "POST", meant, &path, &json!({"timeout": timeout}))
            .await
            .expect(200);
        assert_eq!(answer.json()["data"]["timeout"], timeout, "as {meant}");
    }
    let path = format!("/jobs/{job}");
    let answer = override_with(&api, "POST", "PATCH", &path, &json!({"status": "WORKING"}))
        .await
        .expect(200)
        .json();
    assert_keys(&answer, lab::JOB_KEYS);
    assert_eq!(answer["status"], "WORKING");
}

#[tokio::test]
async fn the_java_client_checks_in() {
    let server = Server::start();
    let (service, _) = lab::service_and_job(&server.api()).await;
    // A POST without Content-Length, Content-Type and body.
    let head = format!(
        "POST /services/{service} HTTP/1.1\r\nHost: lab\r\n{HEADER}: PATCH\r\nConnection: close\r\n\r\n"
    );
    let answer = raw::exchange(server.address(), &head, b"").expect(200);
    let sentence = answer.json()["meta"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    assert!(sentence.starts_with("Service checked in at "), "{answer:?}");
}

#[tokio::test]
async fn a_target_that_has_no_body_gets_none() {
    let server = Server::start();
    let api = server.api();
    let (service, _) = lab::service_and_job(&api).await;
    let garbage = json!({"name": "Posted", "job_registration_schema": 5});
    for path in [
        "/services".to_owned(),
        format!("/services/{service}"),
        "/jobs".to_owned(),
    ] {
        let due = api.get(&path).await.json();
        let answer = override_with(&api, "POST", "GET", &path, &garbage)
            .await
            .expect(200);
        assert_eq!(answer.json(), due, "POST as GET {path}");
        let head = override_with(&api, "POST", "head", &path, &garbage)
            .await
            .expect(200);
        assert_eq!(head.text, "", "POST as HEAD {path}");
        let options = override_with(&api, "POST", "OPTIONS", &path, &garbage)
            .await
            .expect(200);
        assert!(
            options.allow().contains("GET"),
            "POST as OPTIONS {path}: {options:?}"
        );
    }
}

#[tokio::test]
async fn a_post_may_mean_a_method_that_is_not_there() {
    let server = Server::start();
    let api = server.api();
    let service = lab::register(&api, &lab::centrifuge()).await;
    for (meant, path) in [
        ("PUT", "/services".to_owned()),
        ("DELETE", format!("/services/{service}")),
    ] {
        let answer = override_with(&api, "POST", meant, &path, &lab::centrifuge()).await;
        let faults = answer.refused(405, title::METHOD);
        assert!(answer.allow().contains("GET"), "{answer:?}");
        assert!(
            faults[0].detail.contains(meant),
            "the method meant is not named: {faults:?}"
        );
    }
    assert_eq!(
        lab::ids(&api.get("/services").await.json()["data"]),
        [service]
    );
}

#[tokio::test]
async fn only_a_post_may_mean_something_else() {
    let server = Server::start();
    let api = server.api();
    let service = lab::register(&api, &lab::centrifuge()).await;
    let path = format!("/services/{service}");
    let before = api.get(&path).await.json();
    let answer = override_with(
        &api,
        "GET",
        "PATCH",
        &path,
        &json!({"name": "written by a link"}),
    )
    .await
    .expect(200);
    assert_eq!(answer.json(), before, "a GET wrote");
    assert_eq!(api.get(&path).await.json(), before, "a GET wrote");
    let answer = override_with(&api, "GET", "POST", "/services", &lab::centrifuge())
        .await
        .expect(200);
    assert_eq!(
        lab::ids(&answer.json()["data"]),
        [service],
        "a GET registered a service"
    );
    let answer = override_with(&api, "PATCH", "GET", &path, &json!({"name": "Patched"}))
        .await
        .expect(200);
    assert_eq!(
        answer.json()["data"]["name"],
        "Patched",
        "a PATCH is a PATCH whatever the header says"
    );
}
