//! The contract of jobs: submitting, showing, queueing, working, and what a finished one keeps.

use serde_json::{Value, json};
use std::collections::HashSet;
use topchef_tests::lab::{self, NOBODY, title};
use topchef_tests::{Api, Server, assert_keys};

async fn patch(api: &Api, id: &str, body: &Value) -> Value {
    api.patch(&format!("/jobs/{id}"), body)
        .await
        .expect(200)
        .json()
}

#[tokio::test]
async fn a_job_is_submitted_and_shown() {
    let server = Server::start();
    let api = server.api();
    let service = lab::register(&api, &lab::centrifuge()).await;
    let body = json!({"parameters": {"rpm": 1200, "sample": "blood"}});
    let answer = api
        .post(&format!("/services/{service}/jobs"), &body)
        .await
        .expect(201);
    let id = answer.made();
    assert_eq!(
        answer.header("location"),
        Some(api.url(&format!("/jobs/{id}")).as_str())
    );
    let made = answer.json();
    assert_eq!(made["meta"], format!("new job ID is {id}"));
    for key in lab::JOB_KEYS {
        assert!(made["data"].get(key).is_some(), "no {key}: {made}");
    }

    let shown = api.get(&format!("/jobs/{id}")).await.expect(200).json();
    assert_keys(&shown, &["data", "links", "meta"]);
    assert_keys(&shown["data"], lab::JOB_KEYS);
    assert_eq!(shown["links"]["self"], api.url(&format!("/jobs/{id}")));
    for schema in ["job_info_schema", "patch_request_schema"] {
        assert!(shown["meta"][schema].is_object(), "no {schema}: {shown}");
    }
    let due = json!({
        "id": id,
        "status": "REGISTERED",
        "parameters": {"rpm": 1200, "sample": "blood"},
        "results": null,
        "date_submitted": made["data"]["date_submitted"],
    });
    assert_eq!(shown["data"], due);

    let list = api.get("/jobs").await.expect(200).json();
    assert_keys(&list, &["data", "links", "meta"]);
    let due = json!([{"id": id, "status": "REGISTERED", "date_submitted": due["date_submitted"]}]);
    assert_eq!(
        list["data"], due,
        "a job in the list of all has these keys and no other"
    );
    assert_eq!(list["links"]["self"], api.url("/jobs"));
    assert!(
        list["meta"]["data_schema"].is_object(),
        "no data_schema: {list}"
    );
}

#[tokio::test]
async fn every_job_has_its_own_date() {
    let server = Server::start();
    let api = server.api();
    let service = lab::register(&api, &lab::centrifuge()).await;
    let mut before = String::new();
    for _ in 0..3 {
        let id = lab::submit(&api, &service, &json!({"rpm": 100})).await;
        let date = lab::job(&api, &id).await["date_submitted"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        assert!(
            date.ends_with("+00:00") && date.contains('T'),
            "no date of the original's form: {date:?}"
        );
        assert!(date > before, "{date} is not after {before}");
        before = date;
    }
}

#[tokio::test]
async fn a_service_takes_jobs_whether_it_is_available_or_not() {
    let server = Server::start();
    let api = server.api();
    let service = lab::register(&api, &lab::centrifuge()).await;
    for available in [true, false] {
        api.patch(
            &format!("/services/{service}"),
            &json!({"is_available": available}),
        )
        .await
        .expect(200);
        lab::submit(&api, &service, &json!({"rpm": 100})).await;
    }
}

#[tokio::test]
async fn a_submission_takes_parameters_and_nothing_else() {
    let server = Server::start();
    let api = server.api();
    let service = lab::register(&api, &lab::centrifuge()).await;
    let body = json!({
        "parameters": {"rpm": 4000, "tray": [1, null, {"row": 2.5}]},
        "status": "COMPLETED",
        "results": {"mass_mg": 1},
        "id": NOBODY,
    });
    let id = api
        .post(&format!("/services/{service}/jobs"), &body)
        .await
        .expect(201)
        .made();
    assert_ne!(id, NOBODY, "a client chose the id");
    let job = lab::job(&api, &id).await;
    assert_eq!(
        (&job["status"], &job["results"]),
        (&json!("REGISTERED"), &Value::Null)
    );
    assert_eq!(job["parameters"], body["parameters"]);
}

#[tokio::test]
async fn a_wrong_submission_is_refused_before_its_parameters_are_looked_at() {
    let server = Server::start();
    let api = server.api();
    let service = lab::register(&api, &lab::centrifuge()).await;
    let path = format!("/services/{service}/jobs");
    for body in [
        json!({}),
        json!({"parameters": null}),
        json!({"parameters": [500]}),
        json!({"parameters": "fast"}),
    ] {
        api.post(&path, &body)
            .await
            .refused_at(title::DESERIALIZATION, &["/parameters"]);
    }
    for body in [json!([]), json!("fast"), Value::Null] {
        let faults = api
            .post(&path, &body)
            .await
            .refused(400, title::DESERIALIZATION);
        assert!(
            faults.len() == 1 && faults[0].detail.contains("_schema"),
            "{faults:?}"
        );
    }
    api.text("POST", &path, "{")
        .await
        .refused(400, title::NOT_JSON);
    api.call("POST", &path).await.refused(400, title::NOT_JSON);
    assert_eq!(
        api.get("/jobs").await.json()["data"],
        json!([]),
        "a refused job was kept"
    );
}

#[tokio::test]
async fn every_violation_of_the_parameters_is_told() {
    let server = Server::start();
    let api = server.api();
    let service = lab::register(&api, &lab::centrifuge()).await;
    let path = format!("/services/{service}/jobs");
    let body = json!({"parameters": {"rpm": 9001, "sample": 17}});
    let faults = api
        .post(&path, &body)
        .await
        .refused_at(title::SCHEMA, &["/parameters/rpm", "/parameters/sample"]);
    for fact in ["9001", "6000", "17", "string"] {
        assert!(
            faults.iter().any(|fault| fault.detail.contains(fact)),
            "{fact} is not told: {faults:?}"
        );
    }
    let faults = api
        .post(&path, &json!({"parameters": {}}))
        .await
        .refused_at(title::SCHEMA, &["/parameters"]);
    assert!(
        faults[0].detail.contains("rpm"),
        "what is missing is not named: {faults:?}"
    );
    let float = api
        .text("POST", &path, r#"{"parameters": {"rpm": 500.0}}"#)
        .await;
    float.refused_at(title::SCHEMA, &["/parameters/rpm"]);
}

#[tokio::test]
async fn a_patch_answers_the_bare_job() {
    let server = Server::start();
    let api = server.api();
    let (_, id) = lab::service_and_job(&api).await;
    let answer = patch(&api, &id, &json!({"status": "WORKING"})).await;
    assert_keys(&answer, lab::JOB_KEYS);
    assert_eq!(
        (&answer["id"], &answer["status"]),
        (&json!(id), &json!("WORKING"))
    );
    assert_eq!(answer, lab::job(&api, &id).await);
}

#[tokio::test]
async fn a_status_is_taken_in_any_case_and_null_means_nothing() {
    let server = Server::start();
    let api = server.api();
    let (_, id) = lab::service_and_job(&api).await;
    for (written, due) in [
        ("working", "WORKING"),
        ("Error", "ERROR"),
        ("rEgIsTeReD", "REGISTERED"),
        ("WORKING", "WORKING"),
    ] {
        assert_eq!(
            patch(&api, &id, &json!({"status": written})).await["status"],
            due
        );
    }
    for nothing in [
        json!({"status": null, "results": null}),
        json!({"status": null}),
        json!({}),
        json!({"parameters": {"rpm": 101}, "result": {"mass_mg": 1}, "id": NOBODY}),
    ] {
        let job = patch(&api, &id, &nothing).await;
        assert_eq!(
            (&job["status"], &job["results"]),
            (&json!("WORKING"), &Value::Null),
            "{nothing} changed something"
        );
        assert_eq!(
            (&job["id"], &job["parameters"]),
            (&json!(id), &json!({"rpm": 500})),
            "{nothing} changed something"
        );
    }
}

#[tokio::test]
async fn a_wrong_patch_says_all_that_is_wrong_and_changes_nothing() {
    let server = Server::start();
    let api = server.api();
    let (_, id) = lab::service_and_job(&api).await;
    let path = format!("/jobs/{id}");
    patch(&api, &id, &json!({"status": "WORKING"})).await;
    let before = lab::job(&api, &id).await;
    for status in [json!("PAUSED"), json!(5), json!(["WORKING"]), json!("")] {
        api.patch(&path, &json!({"status": status}))
            .await
            .refused_at(title::DESERIALIZATION, &["/status"]);
    }
    let both = json!({"status": "PAUSED", "results": [1]});
    api.patch(&path, &both)
        .await
        .refused_at(title::DESERIALIZATION, &["/status", "/results"]);
    let results = json!({"status": "COMPLETED", "results": {"mass_mg": -0.5, "remark": 4}});
    let faults = api.patch(&path, &results).await;
    faults.refused_at(title::SCHEMA, &["/results/mass_mg", "/results/remark"]);
    let faults = api
        .patch(&path, &json!([]))
        .await
        .refused(400, title::DESERIALIZATION);
    assert!(
        faults.len() == 1 && faults[0].detail.contains("_schema"),
        "{faults:?}"
    );
    api.text("PATCH", &path, "{")
        .await
        .refused(400, title::NOT_JSON);
    api.call("PATCH", &path).await.refused(400, title::NOT_JSON);
    assert_eq!(
        lab::job(&api, &id).await,
        before,
        "a refused PATCH left a trace"
    );
}

#[tokio::test]
async fn a_job_that_does_not_exist_is_404() {
    let server = Server::start();
    let api = server.api();
    for method in ["GET", "PATCH"] {
        for (id, due) in [(NOBODY, title::NO_JOB), ("xyz", title::NOT_UUID)] {
            let answer = api
                .text(method, &format!("/jobs/{id}"), r#"{"status": "WORKING"}"#)
                .await;
            let faults = answer.refused(404, due);
            assert!(
                faults[0].detail.contains(id),
                "the detail does not name {id}: {faults:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_client_may_send_back_the_whole_job() {
    let server = Server::start();
    let api = server.api();
    let (_, id) = lab::service_and_job(&api).await;
    let mut job = lab::job(&api, &id).await;
    for (status, results) in [
        ("WORKING", Value::Null),
        ("REGISTERED", Value::Null),
        ("WORKING", Value::Null),
        ("COMPLETED", json!({"mass_mg": 12.5})),
    ] {
        job["status"] = json!(status);
        job["results"] = results;
        assert_eq!(patch(&api, &id, &job).await, job);
    }
}

#[tokio::test]
async fn the_results_of_a_completed_job_do_not_change() {
    let server = Server::start();
    let api = server.api();
    let (_, id) = lab::service_and_job(&api).await;
    let path = format!("/jobs/{id}");
    let done = json!({"status": "COMPLETED", "results": {"mass_mg": 3.25, "remark": "clear"}});
    let job = patch(&api, &id, &done).await;
    assert_eq!(
        (&job["status"], &job["results"]),
        (&json!("COMPLETED"), &done["results"])
    );
    assert_eq!(
        patch(&api, &id, &done).await,
        job,
        "the same again is no change"
    );
    let same = json!({"results": done["results"]});
    assert_eq!(
        patch(&api, &id, &same).await,
        job,
        "the same results again are no change"
    );
    for other in [
        json!({"results": {"mass_mg": 4}}),
        json!({"status": "COMPLETED", "results": {"mass_mg": 4}}),
        json!({"status": "REGISTERED", "results": {"mass_mg": 4}}),
        json!({"status": "ERROR", "results": {"mass_mg": 4}}),
        json!({"status": "WORKING", "results": {"mass_mg": 4}}),
        json!({"status": "ERROR"}),
        json!({"status": "ERROR", "results": done["results"]}),
        json!({"status": "WORKING"}),
        json!({"status": "WORKING", "results": done["results"]}),
    ] {
        let answer = api.patch(&path, &other).await;
        assert_eq!(answer.status, 409, "{other}: {}", answer.text);
        answer.problem(409);
        assert_eq!(
            lab::job(&api, &id).await,
            job,
            "{other} was refused and kept"
        );
    }
    for nothing in [json!({}), json!({"status": null, "results": null})] {
        assert_eq!(
            patch(&api, &id, &nothing).await,
            job,
            "{nothing} changed something"
        );
    }

    let reopened = patch(&api, &id, &json!({"status": "REGISTERED"})).await;
    assert_eq!(reopened["status"], "REGISTERED", "a job may go back");
    assert_eq!(
        reopened["results"], done["results"],
        "going back keeps the results until there are others"
    );
}

#[tokio::test]
async fn a_completed_job_goes_back_with_the_results_it_has() {
    let server = Server::start();
    let api = server.api();
    let (_, id) = lab::service_and_job(&api).await;
    let path = format!("/jobs/{id}");
    let done = json!({"status": "COMPLETED", "results": {"mass_mg": 3.25, "remark": "clear"}});
    let job = patch(&api, &id, &done).await;
    let spelt = r#"{"status":"REGISTERED", "results": { "remark":"clear", "mass_mg":3.25 }}"#;
    let reopened = api.text("PATCH", &path, spelt).await.expect(200).json();
    assert_eq!(
        (&reopened["status"], &reopened["results"]),
        (&json!("REGISTERED"), &job["results"]),
        "the same results in another order are the same"
    );
}

#[tokio::test]
async fn a_job_that_was_put_back_is_as_open_as_a_new_one() {
    let server = Server::start();
    let api = server.api();
    let (_, id) = lab::service_and_job(&api).await;
    let done = json!({"status": "COMPLETED", "results": {"mass_mg": 3}});
    patch(&api, &id, &done).await;
    for (change, status, mass) in [
        (json!({"status": "REGISTERED"}), "REGISTERED", 3),
        (json!({"results": {"mass_mg": 4}}), "REGISTERED", 4),
        (json!({"status": "ERROR"}), "ERROR", 4),
        (json!({"results": {"mass_mg": 5}}), "ERROR", 5),
        (json!({"status": "WORKING"}), "WORKING", 5),
        (
            json!({"status": "COMPLETED", "results": {"mass_mg": 6}}),
            "COMPLETED",
            6,
        ),
    ] {
        let job = patch(&api, &id, &change).await;
        assert_eq!(
            (&job["status"], &job["results"]),
            (&json!(status), &json!({"mass_mg": mass})),
            "after {change}"
        );
    }
}

#[tokio::test]
async fn a_job_completed_without_results_may_be_given_some_once() {
    let server = Server::start();
    let api = server.api();
    let (_, id) = lab::service_and_job(&api).await;
    let path = format!("/jobs/{id}");
    let job = patch(&api, &id, &json!({"status": "COMPLETED"})).await;
    for other in [
        json!({"status": "REGISTERED", "results": {"mass_mg": 1}}),
        json!({"status": "ERROR"}),
        json!({"status": "WORKING"}),
    ] {
        let answer = api.patch(&path, &other).await;
        assert_eq!(answer.status, 409, "{other}: {}", answer.text);
        assert_eq!(lab::job(&api, &id).await, job, "{other} was kept");
    }
    patch(&api, &id, &json!({"status": "REGISTERED"})).await;
    patch(&api, &id, &json!({"status": "COMPLETED"})).await;
    let given = patch(&api, &id, &json!({"results": {"mass_mg": 1}})).await;
    assert_eq!(
        (&given["status"], &given["results"]),
        (&json!("COMPLETED"), &json!({"mass_mg": 1}))
    );
    api.patch(&path, &json!({"results": {"mass_mg": 2}}))
        .await
        .problem(409);
}

#[tokio::test]
async fn what_people_send_is_kept_to_the_letter() {
    let server = Server::start();
    let api = server.api();
    let service = lab::register(&api, &lab::centrifuge()).await;
    let text = r#"{"zeta":123456789012345678901234567890,"rpm":750,"alpha":1.50,"tiny":5E-07,"minus":-0.0,"e":1e2, "nested" : {"b":[1 ,2],"a":null},"sample":"\u00e9/\/\ud83d\ude00é"}"#;
    let body = format!(r#"{{"parameters": {text}}}"#);
    let answer = api
        .text("POST", &format!("/services/{service}/jobs"), &body)
        .await
        .expect(201);
    let id = answer.made();
    let results = r#"{"remark":"fin","mass_mg":0.10,"big":-98765432109876543210}"#;
    let path = format!("/jobs/{id}");
    let patched = api
        .text(
            "PATCH",
            &path,
            &format!(r#"{{"status":"COMPLETED","results":{results}}}"#),
        )
        .await
        .expect(200);
    let shown = api.get(&path).await.expect(200);
    let listed = api
        .get(&format!("/services/{service}/jobs"))
        .await
        .expect(200);
    for (where_, found) in [
        ("POST", &answer),
        ("PATCH", &patched),
        ("GET", &shown),
        ("the list", &listed),
    ] {
        assert!(
            found.text.contains(text),
            "{where_}: parameters came back otherwise: {}",
            found.text
        );
    }
    for (where_, found) in [("PATCH", &patched), ("GET", &shown), ("the list", &listed)] {
        assert!(
            found.text.contains(results),
            "{where_}: results came back otherwise: {}",
            found.text
        );
    }
}

#[tokio::test]
async fn a_patch_shows_the_parameters_however_long_and_however_old() {
    let mut server = Server::start();
    let service = lab::register(&server.api(), &lab::centrifuge()).await;
    let jobs = format!("/services/{service}/jobs");
    let long = format!(r#"{{"rpm":750 ,"zeta":"{}"}}"#, "x".repeat(1_000));
    let mut made = Vec::new();
    for _ in 0..2 {
        for parameters in [r#"{"rpm":750 }"#, &long] {
            let body = format!(r#"{{"parameters": {parameters}}}"#);
            let answer = server.api().text("POST", &jobs, &body).await.expect(201);
            made.push((format!("/jobs/{}", answer.made()), parameters));
        }
    }
    let results = json!({"status": "COMPLETED", "results": {"mass_mg": 8}});
    for (place, (path, parameters)) in made.iter().enumerate() {
        if place == 2 {
            // What this program saw before is not at hand after it.
            assert_eq!(server.terminate().code(), Some(0));
            server.restart();
        }
        let answer = server.api().patch(path, &results).await.expect(200);
        assert!(answer.text.contains(parameters), "{place}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_schema_is_kept_to_the_letter() {
    let server = Server::start();
    let api = server.api();
    let schema = r#"{"type":"object","properties":{"z":{"maximum":123456789012345678901234567890},"a":{"minimum":1.0}},"default":{}}"#;
    let body = format!(
        r#"{{"name":"n","description":"d","job_registration_schema":{schema},"job_result_schema":{{"title":"plain"}}}}"#
    );
    let id = api
        .text("POST", "/services", &body)
        .await
        .expect(201)
        .made();
    let shown = api.get(&format!("/services/{id}")).await.expect(200);
    assert!(
        shown.text.contains(schema),
        "the schema came back otherwise: {}",
        shown.text
    );
    let large = r#"{"parameters":{"z":123456789012345678901234567891}}"#;
    let answer = api
        .text("POST", &format!("/services/{id}/jobs"), large)
        .await;
    answer.refused_at(title::SCHEMA, &["/parameters/z"]);
}

#[tokio::test]
async fn of_a_key_given_twice_the_last_counts() {
    let server = Server::start();
    let api = server.api();
    let service = lab::register(&api, &lab::centrifuge()).await;
    let path = format!("/services/{service}/jobs");
    let body = r#"{"parameters": {"rpm": 9999}, "parameters": {"rpm": 1, "rpm": 800}}"#;
    let id = api.text("POST", &path, body).await.expect(201).made();
    assert_eq!(lab::job(&api, &id).await["parameters"], json!({"rpm": 800}));
    let body = r#"{"parameters": {"rpm": 800}, "parameters": {"rpm": 9999}}"#;
    api.text("POST", &path, body)
        .await
        .refused_at(title::SCHEMA, &["/parameters/rpm"]);
    let job = api
        .text(
            "PATCH",
            &format!("/jobs/{id}"),
            r#"{"status": 5, "status": "ERROR"}"#,
        )
        .await
        .expect(200);
    assert_eq!(job.json()["status"], "ERROR");
}

#[tokio::test]
async fn the_queue_and_the_next_job_are_empty_answers_when_there_is_none() {
    let server = Server::start();
    let api = server.api();
    let service = lab::register(&api, &lab::centrifuge()).await;
    for path in ["jobs/next", "queue"] {
        let answer = api
            .get(&format!("/services/{service}/{path}"))
            .await
            .expect(204);
        assert_eq!(answer.text, "", "a 204 has no body");
    }
}

#[tokio::test]
async fn the_queue_and_the_next_job_of_no_service_are_404() {
    let server = Server::start();
    let api = server.api();
    lab::service_and_job(&api).await;
    for path in ["jobs/next", "queue"] {
        let answer = api.get(&format!("/services/{NOBODY}/{path}")).await;
        let faults = answer.refused(404, title::NO_SERVICE);
        assert!(faults[0].detail.contains(NOBODY), "{path}: {faults:?}");
    }
}

#[tokio::test]
async fn the_queue_shows_the_ten_oldest_that_wait_and_claims_none() {
    let server = Server::start();
    let api = server.api();
    let service = lab::register(&api, &lab::centrifuge()).await;
    let mut jobs = Vec::new();
    for rpm in 500..513 {
        jobs.push(lab::submit(&api, &service, &json!({"rpm": rpm})).await);
    }
    let (queue, next) = (
        format!("/services/{service}/queue"),
        format!("/services/{service}/jobs/next"),
    );
    for _ in 0..2 {
        let list = api.get(&queue).await.expect(200).json();
        assert_keys(&list, &["data", "links", "meta"]);
        assert_eq!(lab::ids(&list["data"]), jobs[..10]);
        assert_keys(&list["data"][0], lab::JOB_KEYS);
        assert_eq!(list["links"]["self"], api.url(&queue));
        assert!(
            list["meta"]["data_schema"].is_object(),
            "no data_schema: {list}"
        );
        let first = api.get(&next).await.expect(200).json();
        assert_keys(&first, &["data", "links", "meta"]);
        assert_eq!(first["data"], list["data"][0]);
        assert_eq!(first["links"]["self"], api.url(&next));
        assert!(
            first["meta"]["job_schema"].is_object(),
            "no job_schema: {first}"
        );
    }
    patch(&api, &jobs[0], &json!({"status": "WORKING"})).await;
    patch(&api, &jobs[1], &json!({"status": "ERROR"})).await;
    assert_eq!(
        lab::ids(&api.get(&queue).await.json()["data"]),
        jobs[2..12],
        "only REGISTERED jobs wait"
    );
    assert_eq!(api.get(&next).await.json()["data"]["id"], json!(jobs[2]));
    patch(&api, &jobs[0], &json!({"status": "REGISTERED"})).await;
    assert_eq!(
        api.get(&next).await.json()["data"]["id"],
        json!(jobs[0]),
        "put back, it is the oldest again"
    );
}

#[tokio::test]
async fn jobs_come_in_from_many_clients_at_once() {
    let server = Server::start();
    let service = lab::register(&server.api(), &lab::centrifuge()).await;
    let clients = (0..8)
        .map(|_| (server.api(), service.clone()))
        .map(|(api, service)| {
            tokio::spawn(async move {
                let mut made = Vec::new();
                for rpm in 600..612 {
                    made.push(lab::submit(&api, &service, &json!({"rpm": rpm})).await);
                    lab::service(&api, &service).await;
                }
                made
            })
        });
    let mut made = Vec::new();
    for client in clients.collect::<Vec<_>>() {
        made.extend(client.await.unwrap());
    }
    let api = server.api();
    let listed: HashSet<_> = lab::ids(&api.get("/jobs").await.json()["data"])
        .into_iter()
        .collect();
    assert_eq!(made.len(), 96);
    assert_eq!(
        listed,
        made.into_iter().collect(),
        "what was answered 201 is what is there, each under an id of its own"
    );
}

#[tokio::test]
async fn jobs_survive_a_restart() {
    let mut server = Server::start();
    let (service, id) = lab::service_and_job(&server.api()).await;
    let done = json!({"status": "COMPLETED", "results": {"mass_mg": 8}});
    let job = patch(&server.api(), &id, &done).await;
    let shown = lab::service(&server.api(), &service).await;
    assert_eq!(server.terminate().code(), Some(0));
    server.restart();
    assert_eq!(lab::job(&server.api(), &id).await, job);
    assert_eq!(lab::service(&server.api(), &service).await, shown);
}
