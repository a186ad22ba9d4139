//! What every path has in common: refusals of one shape, `Allow`, HEAD, OPTIONS, the limit of a body.

use serde_json::json;
use topchef_tests::lab::{self, NOBODY, title};
use topchef_tests::{Answer, Launch, Server, raw};

/// Every path of the contract with the methods it must offer; `SERVICE` and `JOB` stand for ids that exist.
const PATHS: &[(&str, &[&str])] = &[
    ("/", &["GET"]),
    ("/services", &["GET", "POST"]),
    ("/services/SERVICE", &["GET", "PATCH"]),
    ("/services/SERVICE/jobs", &["GET", "POST"]),
    ("/services/SERVICE/jobs/next", &["GET"]),
    ("/services/SERVICE/queue", &["GET"]),
    ("/jobs", &["GET"]),
    ("/jobs/JOB", &["GET", "PATCH", "PUT", "DELETE"]),
    ("/validator", &["GET", "POST"]),
];

/// The paths with real ids in them.
fn paths(service: &str, job: &str) -> impl Iterator<Item = (String, &'static [&'static str])> {
    PATHS.iter().map(move |(path, methods)| {
        (
            path.replace("SERVICE", service).replace("JOB", job),
            *methods,
        )
    })
}

#[tokio::test]
async fn a_method_that_a_path_does_not_have_is_405() {
    let server = Server::start();
    let api = server.api();
    let (service, job) = lab::service_and_job(&api).await;
    for (path, methods) in paths(&service, &job) {
        for method in ["POST", "PATCH", "DELETE", "TRACE"] {
            if methods.contains(&method) {
                continue;
            }
            let answer = api.text(method, &path, "{}").await;
            assert_eq!(answer.status, 405, "{method} {path}: {answer:?}");
            let faults = answer.refused(405, title::METHOD);
            let allow = answer.allow();
            for available in methods.iter().chain(&["HEAD", "OPTIONS"]) {
                assert!(
                    allow.contains(available),
                    "{method} {path}: Allow lacks {available}: {allow:?}"
                );
            }
            assert!(
                !allow.contains(method),
                "{path} allows {method} and refuses it: {allow:?}"
            );
            for word in methods.iter().chain(&[method]) {
                assert!(
                    faults[0].detail.contains(word),
                    "{path}: the detail does not name {word}: {faults:?}"
                );
            }
        }
    }
    let shown = lab::service(&api, &service).await;
    assert_eq!(
        lab::ids(&shown["jobs"]),
        [job],
        "a refused method did something"
    );
}

#[tokio::test]
async fn options_says_what_a_path_allows() {
    let server = Server::start();
    let api = server.api();
    let (service, job) = lab::service_and_job(&api).await;
    for (path, methods) in paths(&service, &job) {
        let answer = api.call("OPTIONS", &path).await.expect(200);
        assert_eq!(answer.text, "", "OPTIONS {path}");
        for available in methods.iter().chain(&["HEAD", "OPTIONS"]) {
            assert!(
                answer.allow().contains(available),
                "OPTIONS {path}: Allow lacks {available}: {answer:?}"
            );
        }
    }
}

#[tokio::test]
async fn head_is_get_without_its_body() {
    let server = Server::start();
    let api = server.api();
    let (service, job) = lab::service_and_job(&api).await;
    let missing = format!("/jobs/{NOBODY}");
    let known = paths(&service, &job).map(|(path, _)| path);
    for path in known.chain([missing, "/nowhere".to_owned()]) {
        let get = api.get(&path).await;
        let request = format!(
            "HEAD {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            server.address()
        );
        let head = raw::exchange(server.address(), &request, b"");
        assert_eq!(head.text, "", "HEAD {path} has a body");
        assert_eq!(
            (head.status, head.media_type()),
            (get.status, get.media_type()),
            "HEAD {path} is not as GET"
        );
        if let Some(length) = head.header("content-length") {
            assert_eq!(
                length,
                get.text.len().to_string(),
                "HEAD {path} promises another length than GET has"
            );
        }
    }
}

#[tokio::test]
async fn a_path_that_nobody_serves_is_404_for_every_method() {
    let server = Server::start();
    let api = server.api();
    let (service, job) = lab::service_and_job(&api).await;
    let unknown = [
        "/nowhere".to_owned(),
        "/services/".to_owned(),
        "/jobs/".to_owned(),
        "/validator/".to_owned(),
        format!("/services/{service}/"),
        format!("/services/{service}/jobs/"),
        format!("/services/{service}/jobs/{job}"),
        format!("/services/{service}/nothing"),
        format!("/jobs/{job}/"),
        format!("/jobs/{job}/next"),
        "//".to_owned(),
    ];
    for path in unknown {
        for method in ["GET", "POST", "PATCH", "DELETE"] {
            let answer = api.text(method, &path, "{}").await;
            assert_eq!(answer.status, 404, "{method} {path}: {answer:?}");
            answer.problem(404);
        }
    }
}

#[tokio::test]
async fn the_default_limit_of_a_body_is_one_mebibyte() {
    let server = Server::start();
    let api = server.api();
    let body = lab::centrifuge().to_string();
    let padded = |length: usize| format!("{body}{}", " ".repeat(length - body.len()));
    api.text("POST", "/services", &padded(1 << 20))
        .await
        .expect(201);
    let (service, job) = lab::service_and_job(&api).await;
    for path in [
        "/services".to_owned(),
        format!("/services/{service}/jobs"),
        "/validator".to_owned(),
    ] {
        api.text("POST", &path, &padded((1 << 20) + 1))
            .await
            .problem(413);
    }
    api.text("PATCH", &format!("/jobs/{job}"), &padded((1 << 20) + 1))
        .await
        .problem(413);
}

#[tokio::test]
async fn the_limit_of_a_body_can_be_set() {
    let server = Launch::serve()
        .arguments(["--max-body-bytes", "2000"])
        .start();
    let api = server.api();
    let body = lab::centrifuge().to_string();
    let padded = |length: usize| format!("{body}{}", " ".repeat(length - body.len()));
    api.text("POST", "/services", &padded(2000))
        .await
        .expect(201);
    api.text("POST", "/services", &padded(2001))
        .await
        .problem(413);
}

#[tokio::test]
async fn one_error_has_the_status_of_the_document() {
    let server = Server::start();
    let api = server.api();
    for (answer, status) in [
        (api.get(&format!("/jobs/{NOBODY}")).await, 404),
        (api.post("/services", &json!({})).await, 400),
        (api.call("DELETE", "/jobs").await, 405),
    ] {
        answer.problem(status);
        for error in answer.json()["errors"].as_array().into_iter().flatten() {
            assert_eq!(error["status_code"], status, "{answer:?}");
        }
    }
}

/// What a refusal says of each error: the status that it would have alone, its title, and where it is.
fn told(answer: &Answer) -> Vec<(u64, String, Option<String>)> {
    let codes = answer.json()["errors"].clone();
    let codes = codes.as_array().into_iter().flatten();
    let codes = codes.map(|error| error["status_code"].as_u64().unwrap_or_default());
    let faults = answer.problem(answer.status).into_iter();
    let mut told: Vec<_> = codes
        .zip(faults)
        .map(|(code, fault)| (code, fault.title, fault.pointer))
        .collect();
    told.sort_unstable();
    told
}

fn entry(code: u64, title: &str, pointer: Option<&str>) -> (u64, String, Option<String>) {
    (code, title.to_owned(), pointer.map(str::to_owned))
}

#[tokio::test]
async fn a_wrong_body_for_what_does_not_exist_is_told_with_it_and_is_400() {
    let server = Server::start();
    let api = server.api();
    let (no_service, no_job) = (title::NO_SERVICE, title::NO_JOB);
    for (method, path, missing, body, pointers) in [
        (
            "POST",
            format!("/services/{NOBODY}/jobs"),
            no_service,
            json!({"parameters": null}),
            &["/parameters"][..],
        ),
        (
            "POST",
            format!("/services/{NOBODY}/jobs"),
            no_service,
            json!({}),
            &["/parameters"],
        ),
        (
            "POST",
            format!("/services/{NOBODY}/jobs"),
            no_service,
            json!(["parameters"]),
            &[""],
        ),
        (
            "PATCH",
            format!("/services/{NOBODY}"),
            no_service,
            json!({"timeout": "never", "is_available": "perhaps", "name": 7, "description": []}),
            &["/timeout", "/is_available", "/name", "/description"],
        ),
        (
            "PATCH",
            format!("/jobs/{NOBODY}"),
            no_job,
            json!({"status": "PAUSED"}),
            &["/status"],
        ),
        (
            "PATCH",
            format!("/jobs/{NOBODY}"),
            no_job,
            json!([{"status": "WORKING"}]),
            &[""],
        ),
    ] {
        let answer = api.text(method, &path, &body.to_string()).await.expect(400);
        let wrong = pointers.iter();
        let mut due: Vec<_> = wrong
            .map(|pointer| entry(400, title::DESERIALIZATION, Some(pointer)))
            .collect();
        due.push(entry(404, missing, None));
        due.sort_unstable();
        assert_eq!(told(&answer), due, "{method} {path} {body}");
        assert_eq!(answer.json()["status"], 400);
    }
}

#[tokio::test]
async fn of_what_does_not_exist_nothing_else_is_asked_when_the_body_is_right_or_unreadable() {
    let server = Server::start();
    let api = server.api();
    for (method, path, due, body) in [
        (
            "POST",
            format!("/services/{NOBODY}/jobs"),
            title::NO_SERVICE,
            r#"{"parameters": {"rpm": "any schema would do"}}"#,
        ),
        (
            "POST",
            format!("/services/{NOBODY}/jobs"),
            title::NO_SERVICE,
            "{",
        ),
        (
            "PATCH",
            format!("/services/{NOBODY}"),
            title::NO_SERVICE,
            "{",
        ),
        ("PATCH", format!("/jobs/{NOBODY}"), title::NO_JOB, "{"),
        (
            "PATCH",
            format!("/jobs/{NOBODY}"),
            title::NO_JOB,
            r#"{"results": {"mass_mg": "any schema would do"}}"#,
        ),
        // There is nobody to look for.
        ("PATCH", "/jobs/xyz".to_owned(), title::NOT_UUID, "[]"),
        (
            "POST",
            "/services/xyz/jobs".to_owned(),
            title::NOT_UUID,
            "{}",
        ),
    ] {
        let answer = api.text(method, &path, body).await;
        answer.refused(404, due);
        assert_eq!(told(&answer), [entry(404, due, None)], "{method} {path}");
    }
}

#[tokio::test]
async fn a_schema_is_asked_only_once_every_key_is_right() {
    let server = Server::start();
    let api = server.api();
    let (service, job) = lab::service_and_job(&api).await;
    let path = format!("/jobs/{job}");
    let before = lab::job(&api, &job).await;
    // Results that violate their schema, beside a status that is none: the status alone is told.
    let results = json!({"mass_mg": -1, "remark": 5});
    let body = json!({"status": "PAUSED", "results": results});
    let answer = api.patch(&path, &body).await;
    assert_eq!(
        told(&answer),
        [entry(400, title::DESERIALIZATION, Some("/status"))]
    );
    // Once that is mended, each violation is told.
    let body = json!({"status": "COMPLETED", "results": results});
    let answer = api.patch(&path, &body).await;
    assert_eq!(
        told(&answer),
        [
            entry(400, title::SCHEMA, Some("/results/mass_mg")),
            entry(400, title::SCHEMA, Some("/results/remark")),
        ]
    );
    assert_eq!(lab::job(&api, &job).await, before, "a refusal left a trace");
    // The same of a submission and of the validator.
    let jobs = format!("/services/{service}/jobs");
    let answer = api.post(&jobs, &json!({"rpm": "wrong", "sample": 3})).await;
    assert_eq!(
        told(&answer),
        [entry(400, title::DESERIALIZATION, Some("/parameters"))]
    );
    let half = json!({"schema": {"type": "string"}});
    let answer = api.post("/validator", &half).await;
    assert_eq!(
        told(&answer),
        [entry(400, title::DESERIALIZATION, Some("/object"))]
    );
}

#[tokio::test]
async fn two_schemas_that_are_none_are_told_beside_each_other() {
    let server = Server::start();
    let api = server.api();
    let body = lab::registration(&json!({"type": "intager"}), &json!({"minimum": "lots"}));
    let answer = api.post("/services", &body).await;
    let mut places: Vec<_> = told(&answer).into_iter().map(|(_, _, at)| at).collect();
    places.dedup();
    assert_eq!(
        places,
        ["/job_registration_schema", "/job_result_schema"].map(|at| Some(at.to_owned()))
    );
    // A schema is looked into only once every key is there.
    let mut nameless = body;
    nameless["name"] = json!(null);
    let answer = api.post("/services", &nameless).await;
    assert_eq!(
        told(&answer),
        [entry(400, title::DESERIALIZATION, Some("/name"))]
    );
}
