//! The contract of `/` and `/services`: registering, showing, checking in, changing, and the links of every answer.

use serde_json::{Value, json};
use topchef_tests::lab::{self, NOBODY, title};
use topchef_tests::{Answer, Api, Launch, Server, assert_keys, eventually, raw};

const SERVICE_KEYS: &[&str] = &[
    "id",
    "name",
    "description",
    "job_registration_schema",
    "job_result_schema",
    "is_service_available",
    "has_timed_out",
    "timeout",
    "jobs",
];

/// Asserts the answer to an empty check-in, whose one key holds a sentence with the time.
fn assert_checked_in(answer: &Answer) {
    assert_eq!(answer.status, 200, "{answer:?}");
    let body = answer.json();
    assert_keys(&body, &["meta"]);
    let sentence = body["meta"].as_str().unwrap_or_default();
    let time = sentence
        .strip_prefix("Service checked in at ")
        .unwrap_or_default();
    assert!(lab_time(time), "no time in {body}");
}

/// Whether this is a time as the original wrote it, `2026-11-21T23:34:28.810546+00:00`.
fn lab_time(text: &str) -> bool {
    let mould = "dddd-dd-ddTdd:dd:dd.dddddd+00:00";
    text.len() == mould.len()
        && text.chars().zip(mould.chars()).all(|(is, due)| {
            if due == 'd' {
                is.is_ascii_digit()
            } else {
                is == due
            }
        })
}

#[tokio::test]
async fn the_root_describes_the_api() {
    let server = Server::start();
    let answer = server.api().get("/").await.expect(200);
    assert_eq!(answer.media_type(), "application/json");
    let body = answer.json();
    assert_keys(&body, &["data", "links", "meta"]);
    assert_keys(
        &body["data"],
        &[
            "documentation_url",
            "maintainer_email",
            "maintainer_name",
            "source_code_repository_url",
            "version",
        ],
    );
    for (key, value) in body["data"].as_object().into_iter().flatten() {
        assert!(value.is_string(), "{key} is no string: {body}");
    }
    assert_eq!(body["links"]["self"], format!("{}/", server.base()));
    assert!(
        body["meta"]["schema"]["properties"]["version"].is_object(),
        "no schema of the metadata: {body}"
    );
}

#[tokio::test]
async fn the_root_shows_the_configured_metadata() {
    let server = Launch::serve()
        .environment("VERSION", "7.5-lab")
        .environment("AUTHOR", "Ada Kovacs")
        .environment("AUTHOR_EMAIL", "ada@lab.example")
        .environment("DOCUMENTATION_URL", "https://lab.example/manual")
        .environment("SOURCE_REPOSITORY", "https://lab.example/source")
        .start();
    let body = server.api().get("/").await.expect(200).json();
    let due = json!({
        "version": "7.5-lab",
        "maintainer_name": "Ada Kovacs",
        "maintainer_email": "ada@lab.example",
        "documentation_url": "https://lab.example/manual",
        "source_code_repository_url": "https://lab.example/source",
    });
    assert_eq!(body["data"], due);
}

#[tokio::test]
async fn a_service_is_registered_listed_and_shown() {
    let server = Server::start();
    let api = server.api();
    let answer = api.post("/services", &lab::centrifuge()).await.expect(201);
    let id = answer.made();
    assert_eq!(
        answer.header("location"),
        Some(api.url(&format!("/services/{id}")).as_str())
    );
    let body = answer.json();
    assert!(body["data"]["message"].is_string(), "no message: {body}");
    assert_eq!(body["links"]["self"], api.url("/services"));

    let list = api.get("/services").await.expect(200).json();
    assert_keys(&list, &["data", "links", "meta"]);
    assert_eq!(
        list["data"],
        json!([{"id": id, "name": "Centrifuge", "description": "spins a sample and weighs what settles"}]),
        "a service in the list has these keys and no other"
    );
    assert_eq!(list["links"]["self"], api.url("/services"));
    for schema in ["service_schema", "new_service_schema"] {
        assert!(list["meta"][schema].is_object(), "no {schema}: {list}");
    }

    let shown = api.get(&format!("/services/{id}")).await.expect(200).json();
    assert_keys(&shown, &["data", "links", "meta"]);
    assert_keys(&shown["data"], SERVICE_KEYS);
    assert!(
        shown["meta"]["service_schema"].is_object(),
        "no service_schema: {shown}"
    );
    assert_eq!(shown["links"]["self"], api.url(&format!("/services/{id}")));
    let due = json!({
        "id": id,
        "name": "Centrifuge",
        "description": "spins a sample and weighs what settles",
        "job_registration_schema": lab::spin_schema(),
        "job_result_schema": lab::mass_schema(),
        "is_service_available": false,
        "has_timed_out": false,
        "timeout": 30,
        "jobs": [],
    });
    assert_eq!(shown["data"], due);
}

#[tokio::test]
async fn a_service_shows_its_jobs_short() {
    let server = Server::start();
    let api = server.api();
    let (service, job) = lab::service_and_job(&api).await;
    let jobs = lab::service(&api, &service).await["jobs"].clone();
    assert_eq!(lab::ids(&jobs), [job]);
    assert_keys(&jobs[0], lab::JOB_SUMMARY_KEYS);
    assert!(
        lab_time(jobs[0]["date_submitted"].as_str().unwrap_or_default()),
        "no time: {jobs}"
    );
}

#[tokio::test]
async fn registration_ignores_what_it_does_not_know() {
    let server = Server::start();
    let api = server.api();
    let mut body = lab::centrifuge();
    for (key, value) in [
        ("id", json!(NOBODY)),
        ("timeout", json!(5)),
        ("colour", json!("red")),
    ] {
        body[key] = value;
    }
    body["is_service_available"] = json!(true);
    let id = lab::register(&api, &body).await;
    assert_ne!(id, NOBODY, "a client chose the id");
    let shown = lab::service(&api, &id).await;
    assert_eq!(
        (&shown["timeout"], &shown["is_service_available"]),
        (&json!(30), &json!(false))
    );
    assert_keys(&shown, SERVICE_KEYS);
}

#[tokio::test]
async fn any_json_content_type_will_do_and_no_other() {
    let server = Server::start();
    let api = server.api();
    let body = lab::centrifuge().to_string();
    let with = |content_type: &str| {
        api.request("POST", "/services")
            .header("content-type", content_type)
            .body(body.clone())
    };
    for good in [
        "application/json",
        "application/json; charset=utf-8",
        "application/vnd.lab+json",
        "Application/JSON",
    ] {
        let answer = api.send(with(good)).await;
        assert_eq!(answer.status, 201, "{good} was refused: {answer:?}");
    }
    for bad in [
        "text/plain",
        "application/xml",
        "application/jsonish",
        "text/json-seq",
    ] {
        api.send(with(bad)).await.refused(400, title::NOT_JSON);
    }
    api.send(api.request("POST", "/services").body(body.clone()))
        .await
        .refused(400, title::NOT_JSON);
}

#[tokio::test]
async fn what_is_no_json_is_refused() {
    let server = Server::start();
    let api = server.api();
    for text in [
        "",
        " ",
        "{",
        "{\"name\":",
        "{} {}",
        "{} trailing",
        "{'name': 1}",
        "[1,]",
        "nul",
    ] {
        let answer = api.text("POST", "/services", text).await;
        let faults = answer.problem(400);
        let titles: Vec<_> = faults.iter().map(|fault| fault.title.as_str()).collect();
        assert_eq!(titles, [title::NOT_JSON], "{text:?} is no JSON");
    }
    api.call("POST", "/services")
        .await
        .refused(400, title::NOT_JSON);
}

#[tokio::test]
async fn every_wrong_or_missing_key_of_a_registration_is_told_at_once() {
    let server = Server::start();
    let api = server.api();
    let all = [
        "/name",
        "/description",
        "/job_registration_schema",
        "/job_result_schema",
    ];
    let wrong = json!({
        "name": 12, "description": ["x"], "job_registration_schema": "an object", "job_result_schema": true,
    });
    let null = json!({"name": null, "description": null, "job_registration_schema": null, "job_result_schema": null});
    for body in [json!({}), wrong, null] {
        let faults = api
            .post("/services", &body)
            .await
            .refused_at(title::DESERIALIZATION, &all);
        for fault in faults {
            let key = fault.pointer.unwrap_or_default().replace('/', "");
            assert!(
                fault.detail.contains(&key),
                "the detail does not name {key}: {:?}",
                fault.detail
            );
        }
    }
    let mut nameless = lab::centrifuge();
    nameless
        .as_object_mut()
        .into_iter()
        .for_each(|map| drop(map.remove("name")));
    api.post("/services", &nameless)
        .await
        .refused_at(title::DESERIALIZATION, &["/name"]);
    let list = api.get("/services").await.json();
    assert_eq!(list["data"], json!([]), "a refused registration was kept");
}

#[tokio::test]
async fn a_body_that_is_no_object_is_one_error() {
    let server = Server::start();
    let api = server.api();
    for body in [
        json!([]),
        json!([lab::centrifuge()]),
        json!("text"),
        json!(5),
        json!(true),
        Value::Null,
    ] {
        let faults = api
            .post("/services", &body)
            .await
            .refused(400, title::DESERIALIZATION);
        assert_eq!(faults.len(), 1, "{body} is one mistake: {faults:?}");
        assert!(faults[0].detail.contains("_schema"), "{faults:?}");
    }
}

#[tokio::test]
async fn a_schema_that_is_none_is_refused_with_the_reason() {
    let server = Server::start();
    let api = server.api();
    let wrongs = [
        (json!({"type": "intager"}), "intager"),
        (json!({"properties": {"rpm": {"minimum": "lots"}}}), "lots"),
        (json!({"required": "rpm"}), "rpm"),
        (json!({"properties": {"sample": {"pattern": "("}}}), "("),
        (json!({"$ref": "#/definitions/nowhere"}), "nowhere"),
        (
            json!({"$ref": "https://schemas.invalid/spin.json"}),
            "schemas.invalid",
        ),
    ];
    for (schema, reason) in &wrongs {
        for (key, body) in [
            (
                "job_registration_schema",
                lab::registration(schema, &json!({})),
            ),
            ("job_result_schema", lab::registration(&json!({}), schema)),
        ] {
            let faults = api.post("/services", &body).await.problem(400);
            let named = faults.iter().any(|fault| {
                let at_key = fault
                    .pointer
                    .as_deref()
                    .is_some_and(|pointer| pointer.starts_with(&format!("/{key}")));
                (at_key || fault.detail.contains(key)) && fault.detail.contains(reason)
            });
            assert!(
                named,
                "no error names {key} and {reason:?} for {schema}: {faults:?}"
            );
        }
    }
    let both = lab::registration(&wrongs[0].0, &wrongs[1].0);
    let faults = api.post("/services", &both).await.problem(400);
    for reason in ["intager", "lots"] {
        assert!(
            faults.iter().any(|fault| fault.detail.contains(reason)),
            "{reason} is not told: {faults:?}"
        );
    }
}

#[tokio::test]
async fn a_check_in_may_say_nothing_in_every_way() {
    let server = Server::start();
    let api = server.api();
    let id = lab::register(&api, &lab::centrifuge()).await;
    let path = format!("/services/{id}");
    assert_checked_in(&api.call("PATCH", &path).await);
    for text in ["", "null", "{\"name\": ", "not json at all"] {
        assert_checked_in(&api.text("PATCH", &path, text).await);
    }
    let unsaid = api
        .request("PATCH", &path)
        .body(r#"{"name": "never taken"}"#);
    assert_checked_in(&api.send(unsaid).await);
    let other = api
        .request("PATCH", &path)
        .header("content-type", "text/plain")
        .body(r#"{"name": "nor this"}"#);
    assert_checked_in(&api.send(other).await);
    // No Content-Length and no Content-Type, as the Java client does it.
    let head = format!("PATCH {path} HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n");
    assert_checked_in(&raw::exchange(server.address(), &head, b""));
    assert_eq!(
        lab::service(&api, &id).await["name"],
        "Centrifuge",
        "a check-in changed the service"
    );
}

#[tokio::test]
async fn a_patch_changes_what_it_names_and_answers_as_get_does() {
    let server = Server::start();
    let api = server.api();
    let id = lab::register(&api, &lab::centrifuge()).await;
    let path = format!("/services/{id}");
    for (patch, key) in [
        (json!({"name": "Spinner"}), "name"),
        (json!({"description": "now with brakes"}), "description"),
        (json!({"timeout": 90}), "timeout"),
        (
            json!({"name": "", "colour": "unknown keys are ignored"}),
            "name",
        ),
        (json!({"name": "Zentrifuge α\u{1F300}"}), "name"),
    ] {
        let patched = api.patch(&path, &patch).await.expect(200).json();
        assert_eq!(patched["data"][key], patch[key]);
        assert_eq!(
            patched,
            api.get(&path).await.json(),
            "the answer to a PATCH is that of a GET"
        );
    }
    let before = lab::service(&api, &id).await;
    for nothing in [
        json!({}),
        json!({"is_service_available": true}),
        json!({"job_registration_schema": {}, "job_result_schema": {}, "id": NOBODY}),
    ] {
        let patched = api.patch(&path, &nothing).await.expect(200).json();
        assert_eq!(patched["data"], before, "{nothing} should change nothing");
    }
}

#[tokio::test]
async fn availability_is_spelled_in_many_ways() {
    let server = Server::start();
    let api = server.api();
    let path = format!(
        "/services/{}",
        lab::register(&api, &lab::centrifuge()).await
    );
    let yes = [
        json!(true),
        json!(1),
        json!("1"),
        json!("t"),
        json!("true"),
        json!("True"),
        json!("TRUE"),
    ];
    let no = [
        json!(false),
        json!(0),
        json!("0"),
        json!("f"),
        json!("false"),
        json!("False"),
        json!("FALSE"),
    ];
    for (yes, no) in yes.into_iter().zip(no) {
        for (spelling, due) in [(yes, true), (no, false)] {
            let answer = api
                .patch(&path, &json!({"is_available": spelling}))
                .await
                .expect(200)
                .json();
            assert_eq!(answer["data"]["is_service_available"], due, "as {spelling}");
        }
    }
    for wrong in [
        json!("perhaps"),
        json!(7),
        json!(null),
        json!([true]),
        json!({}),
        json!(""),
    ] {
        let answer = api.patch(&path, &json!({"is_available": wrong})).await;
        answer.refused_at(title::DESERIALIZATION, &["/is_available"]);
    }
}

#[tokio::test]
async fn a_timeout_is_whole_seconds_however_it_is_written() {
    let server = Server::start();
    let api = server.api();
    let path = format!(
        "/services/{}",
        lab::register(&api, &lab::centrifuge()).await
    );
    for (written, due) in [
        (json!(75), 75),
        (json!("21"), 21),
        (json!(22.9), 22),
        (json!(86_400), 86_400),
    ] {
        let answer = api
            .patch(&path, &json!({"timeout": written}))
            .await
            .expect(200)
            .json();
        assert_eq!(answer["data"]["timeout"], due, "as {written}");
    }
    for wrong in [
        json!(-1),
        json!("soon"),
        json!(null),
        json!([5]),
        json!({"seconds": 5}),
    ] {
        api.patch(&path, &json!({"timeout": wrong}))
            .await
            .refused_at(title::DESERIALIZATION, &["/timeout"]);
    }
    let huge = api
        .text(
            "PATCH",
            &path,
            r#"{"timeout": 1000000000000000000000000000000}"#,
        )
        .await;
    huge.refused_at(title::DESERIALIZATION, &["/timeout"]);
    let zero = api.patch(&path, &json!({"timeout": 0})).await;
    assert!(
        matches!(zero.status, 200 | 400),
        "zero was a 500 in the original: {zero:?}"
    );
}

#[tokio::test]
async fn a_refused_patch_says_all_that_is_wrong_and_changes_nothing() {
    let server = Server::start();
    let api = server.api();
    let id = lab::register(&api, &lab::centrifuge()).await;
    let path = format!("/services/{id}");
    let before = lab::service(&api, &id).await;
    let wrong = json!({"is_available": "perhaps", "timeout": -3, "name": 9, "description": {}});
    let all = ["/is_available", "/timeout", "/name", "/description"];
    api.patch(&path, &wrong)
        .await
        .refused_at(title::DESERIALIZATION, &all);
    let half = json!({"name": "taken although refused", "timeout": "never"});
    api.patch(&path, &half)
        .await
        .refused_at(title::DESERIALIZATION, &["/timeout"]);
    let nulls = json!({"name": null, "description": null});
    api.patch(&path, &nulls)
        .await
        .refused_at(title::DESERIALIZATION, &["/name", "/description"]);
    let faults = api
        .patch(&path, &json!(["name"]))
        .await
        .refused(400, title::DESERIALIZATION);
    assert!(
        faults.len() == 1 && faults[0].detail.contains("_schema"),
        "{faults:?}"
    );
    assert_eq!(lab::service(&api, &id).await, before);
}

#[tokio::test]
async fn a_silent_service_times_out_until_it_checks_in() {
    let server = Server::start();
    let api = server.api();
    let id = lab::register(&api, &lab::centrifuge()).await;
    let path = format!("/services/{id}");
    let patched = api
        .patch(&path, &json!({"timeout": 1}))
        .await
        .expect(200)
        .json();
    assert_eq!(
        patched["data"]["has_timed_out"], false,
        "a PATCH checks in too"
    );
    eventually("the service to time out", async || {
        (lab::service(&api, &id).await["has_timed_out"] == true).then_some(())
    })
    .await;
    let answer = api
        .patch(&path, &json!({"timeout": 300}))
        .await
        .expect(200)
        .json();
    assert_eq!(
        answer["data"]["has_timed_out"], false,
        "a PATCH with a body checks in"
    );
    api.patch(&path, &json!({"timeout": 1})).await.expect(200);
    eventually("the service to time out again", async || {
        (lab::service(&api, &id).await["has_timed_out"] == true).then_some(())
    })
    .await;
    assert_checked_in(&api.call("PATCH", &path).await);
    assert_eq!(
        lab::service(&api, &id).await["has_timed_out"],
        false,
        "an empty check-in counts"
    );
}

#[tokio::test]
async fn an_id_is_whatever_python_takes_for_a_uuid() {
    let server = Server::start();
    let api = server.api();
    let (service, job) = lab::service_and_job(&api).await;
    for (folder, id) in [("services", service), ("jobs", job)] {
        let simple = id.replace('-', "");
        let odd = format!("{}-{}", &simple[..5], &simple[5..]);
        let forms = [
            id.to_uppercase(),
            simple.clone(),
            simple.to_uppercase(),
            odd,
            format!("{{{id}}}"),
            format!("{{{simple}}}"),
            format!("urn:uuid:{id}"),
            format!("urn:uuid:{simple}"),
        ];
        for form in forms {
            let answer = api.get(&format!("/{folder}/{form}")).await;
            assert_eq!(answer.status, 200, "{form} is an id: {answer:?}");
            assert_eq!(answer.json()["data"]["id"], id, "as {form}");
        }
    }
}

#[tokio::test]
async fn what_does_not_exist_is_404_under_every_path() {
    let server = Server::start();
    let api = server.api();
    for (method, rest) in [
        ("GET", ""),
        ("PATCH", ""),
        ("GET", "/jobs"),
        ("POST", "/jobs"),
        ("GET", "/jobs/next"),
        ("GET", "/queue"),
    ] {
        let body = json!({"parameters": {"rpm": 500}, "name": "x"}).to_string();
        for (id, due) in [
            (NOBODY, title::NO_SERVICE),
            ("not-an-id", title::NOT_UUID),
            ("1", title::NOT_UUID),
        ] {
            let answer = api
                .text(method, &format!("/services/{id}{rest}"), &body)
                .await;
            let faults = answer.refused(404, due);
            assert!(
                faults[0].detail.contains(id),
                "{method} {rest}: the detail does not name {id}: {faults:?}"
            );
        }
    }
    // An empty check-in of nobody is no check-in.
    api.call("PATCH", &format!("/services/{NOBODY}"))
        .await
        .refused(404, title::NO_SERVICE);
}

#[tokio::test]
async fn a_services_jobs_are_listed_with_the_schema_of_a_new_one() {
    let server = Server::start();
    let api = server.api();
    let (service, job) = lab::service_and_job(&api).await;
    let (_, elsewhere) = lab::service_and_job(&api).await;
    let path = format!("/services/{service}/jobs");
    let list = api.get(&path).await.expect(200).json();
    assert_keys(&list, &["data", "links", "meta"]);
    assert_eq!(
        lab::ids(&list["data"]),
        [job],
        "the job {elsewhere} is another service's"
    );
    assert_keys(&list["data"][0], lab::JOB_KEYS);
    assert_eq!(list["links"]["self"], api.url(&path));
    assert_eq!(
        list["meta"]["new_job_schema"]["properties"]["parameters"],
        lab::spin_schema()
    );
    assert!(
        list["meta"]["data_schema"].is_object(),
        "no data_schema: {list}"
    );
}

#[tokio::test]
async fn the_host_header_decides_links_when_nothing_else_does() {
    let server = Server::start();
    let api = server.api();
    let with_host = |method: &str, path: &str| {
        api.request(method, path)
            .header("host", "bench.example:8042")
    };
    let body = api
        .send(with_host("GET", "/services"))
        .await
        .expect(200)
        .json();
    assert_eq!(body["links"]["self"], "http://bench.example:8042/services");
    let post = with_host("POST", "/services").header("content-type", "application/json");
    let answer = api
        .send(post.body(lab::centrifuge().to_string()))
        .await
        .expect(201);
    let due = format!("http://bench.example:8042/services/{}", answer.made());
    assert_eq!(answer.header("location"), Some(due.as_str()));
}

#[tokio::test]
async fn the_public_url_decides_links_when_it_is_given() {
    let server = Launch::serve()
        .arguments(["--public-url", "https://queue.lab.example"])
        .start();
    let api = server.api();
    let request = api
        .request("GET", "/services")
        .header("host", "evil.example");
    let body = api.send(request).await.expect(200).json();
    assert_eq!(body["links"]["self"], "https://queue.lab.example/services");
    let answer = api.post("/services", &lab::centrifuge()).await.expect(201);
    let due = format!("https://queue.lab.example/services/{}", answer.made());
    assert_eq!(answer.header("location"), Some(due.as_str()));
}

/// Follows `links.next` from `path` to the end and gives all ids it saw.
async fn walk(api: &Api, path: &str) -> Vec<String> {
    let (mut seen, mut next) = (Vec::new(), Some(path.to_owned()));
    while let Some(path) = next {
        let page = api.get(&path).await.expect(200).json();
        let found = lab::ids(&page["data"]);
        assert!(found.len() <= 2, "more than the limit: {page}");
        assert!(seen.len() < 20, "the pages of {path} never end");
        seen.extend(found);
        next = page["links"]["next"]
            .as_str()
            .map(|link| link.replace(&api.url(""), ""));
    }
    seen
}

#[tokio::test]
async fn a_long_list_comes_in_pages_that_lead_to_its_end() {
    let server = Server::start();
    let api = server.api();
    let (mut services, mut jobs) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        let (service, job) = lab::service_and_job(&api).await;
        services.push(service);
        jobs.push(job);
    }
    for (path, due) in [("/services?limit=2", services), ("/jobs?limit=2", jobs)] {
        assert_eq!(
            walk(&api, path).await,
            due,
            "{path}: every one once, in the order they came"
        );
    }
}

#[tokio::test]
async fn a_page_of_nothing_leads_nowhere() {
    let server = Server::start();
    let api = server.api();
    let (service, _) = lab::service_and_job(&api).await;
    for path in [
        "/services?limit=0".to_owned(),
        "/jobs?limit=0".to_owned(),
        format!("/services/{service}/jobs?limit=0"),
    ] {
        let page = api.get(&path).await.expect(200).json();
        assert_eq!(page["data"], json!([]), "{path}");
        assert_keys(&page["links"], &["self"]);
    }
}

#[tokio::test]
async fn a_page_that_ends_early_leads_to_the_record_after_it() {
    let server = Server::start();
    let api = server.api();
    let service = lab::register(&api, &lab::centrifuge()).await;
    let sample = "s".repeat(900_000);
    let mut jobs = Vec::new();
    for rpm in 500..511 {
        let parameters = json!({"rpm": rpm, "sample": sample});
        jobs.push(lab::submit(&api, &service, &parameters).await);
    }
    let path = format!("/services/{service}/jobs");
    let first = api.get(&path).await.expect(200).json();
    let mut seen = lab::ids(&first["data"]);
    assert!(seen.len() < jobs.len(), "all in one page: nothing is shown");
    let next = first["links"]["next"]
        .as_str()
        .unwrap_or_default()
        .replace(&api.url(""), "");
    let rest = api.get(&next).await.expect(200).json();
    seen.extend(lab::ids(&rest["data"]));
    assert_eq!(seen, jobs);
}
