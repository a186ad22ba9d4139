//! Jobs are cancelled and tried again, from every state; whoever works on a cancelled one is told.

use serde_json::{Value, json};
use topchef_tests::lab::{self, JOB_KEYS, NOBODY, title};
use topchef_tests::{Answer, Api, Server, assert_keys};

/// A job in each state that a client can bring it to.
const STATES: [&str; 5] = ["REGISTERED", "WORKING", "COMPLETED", "ERROR", "cancelled"];

async fn act(api: &Api, job: &str, action: &str) -> Answer {
    api.call("POST", &format!("/jobs/{job}/{action}")).await
}

async fn change(api: &Api, job: &str, change: &Value) -> Answer {
    api.patch(&format!("/jobs/{job}"), change).await
}

/// A new job of a service in that state.
async fn job_in(api: &Api, service: &str, state: &str) -> String {
    let job = lab::submit(api, service, &json!({"rpm": 500})).await;
    let brought = match state {
        "REGISTERED" => return job,
        "COMPLETED" => {
            let done = json!({"status": "COMPLETED", "results": {"mass_mg": 1}});
            change(api, &job, &done).await
        }
        "cancelled" => act(api, &job, "cancel").await,
        status => change(api, &job, &json!({"status": status})).await,
    };
    brought.expect(200);
    job
}

/// In which of the queue's own states a job is.
async fn state(api: &Api, service: &str, job: &str) -> String {
    let path = format!("/services/{service}/jobs?fields=state&id={job}");
    let found = api.get(&path).await.expect(200).json();
    found["data"][0]["state"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[tokio::test]
async fn what_is_not_finished_is_cancelled() {
    let server = Server::start();
    let api = server.api();
    let service = lab::register(&api, &lab::centrifuge()).await;
    for from in STATES {
        let job = job_in(&api, &service, from).await;
        let before = lab::job(&api, &job).await;
        let answer = act(&api, &job, "cancel").await;
        if ["COMPLETED", "ERROR"].contains(&from) {
            let faults = answer.refused(409, "Conflict");
            assert_eq!(faults[0].code, "job_finished", "{from}");
            assert_eq!(lab::job(&api, &job).await, before, "{from}");
            continue;
        }
        let shown = answer.expect(200).json();
        assert_keys(&shown["data"], JOB_KEYS);
        assert_eq!(shown["data"]["status"], "ERROR", "{from}");
        assert_eq!(state(&api, &service, &job).await, "cancelled", "{from}");
    }
    let next = api.get(&format!("/services/{service}/jobs/next")).await;
    next.expect(204);
}

#[tokio::test]
async fn what_failed_or_was_cancelled_is_tried_again() {
    let server = Server::start();
    let api = server.api();
    let service = lab::register(&api, &lab::centrifuge()).await;
    for from in STATES {
        let job = job_in(&api, &service, from).await;
        let before = lab::job(&api, &job).await;
        let answer = act(&api, &job, "retry").await;
        let code = match from {
            "REGISTERED" | "WORKING" => "job_open",
            "COMPLETED" => "job_finished",
            _ => {
                let shown = answer.expect(200).json();
                assert_eq!(shown["data"]["status"], "REGISTERED", "{from}");
                assert_eq!(state(&api, &service, &job).await, "ready", "{from}");
                continue;
            }
        };
        assert_eq!(answer.refused(409, "Conflict")[0].code, code, "{from}");
        assert_eq!(lab::job(&api, &job).await, before, "{from}");
    }
    let waiting = api.get(&format!("/services/{service}/queue")).await;
    assert_eq!(lab::ids(&waiting.expect(200).json()["data"]).len(), 3);
}

#[tokio::test]
async fn a_worker_that_comes_back_with_a_cancelled_job_is_told() {
    let server = Server::start();
    let api = server.api();
    let service = lab::register(&api, &lab::centrifuge()).await;
    let job = job_in(&api, &service, "WORKING").await;
    act(&api, &job, "cancel").await.expect(200);
    let results = json!({"mass_mg": 1});
    for told in [
        json!({"status": "COMPLETED", "results": results}),
        json!({"status": "COMPLETED"}),
        json!({"status": "WORKING"}),
        json!({"results": results}),
    ] {
        change(&api, &job, &told).await.refused(409, "Conflict");
    }
    let whole = json!({"status": "COMPLETED", "result": results, "parameters": {"rpm": 500}});
    let put = api.put(&format!("/v1/jobs/{job}"), &whole).await;
    put.refused(409, "Conflict");
    assert_eq!(lab::job(&api, &job).await["results"], Value::Null);
    // That it gave up is no news, and changes nothing.
    let given_up = json!({"status": "ERROR"});
    change(&api, &job, &given_up).await.expect(200);
    assert_eq!(state(&api, &service, &job).await, "cancelled");
    // Once it is wanted after all, all goes on as for a new one.
    act(&api, &job, "retry").await.expect(200);
    let done = json!({"status": "COMPLETED", "results": results});
    change(&api, &job, &done).await.expect(200);
}

#[tokio::test]
async fn only_a_job_that_there_is_is_cancelled_and_only_by_post() {
    let server = Server::start();
    let api = server.api();
    let (_, job) = lab::service_and_job(&api).await;
    for action in ["cancel", "retry"] {
        act(&api, NOBODY, action).await.refused(404, title::NO_JOB);
        act(&api, "x", action).await.refused(404, title::NOT_UUID);
        let got = api.get(&format!("/jobs/{job}/{action}")).await;
        got.refused(405, title::METHOD);
        assert!(got.allow().contains("POST"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_worker_and_one_who_cancels_the_first_has_it() {
    let server = Server::start();
    let api = server.api();
    let service = lab::register(&api, &lab::centrifuge()).await;
    for _ in 0..20 {
        let job = job_in(&api, &service, "WORKING").await;
        let done = json!({"status": "COMPLETED", "results": {"mass_mg": 1}});
        let (completed, cancelled) =
            tokio::join!(change(&api, &job, &done), act(&api, &job, "cancel"));
        let status = lab::job(&api, &job).await["status"].clone();
        match (completed.status, cancelled.status) {
            (200, 409) => assert_eq!(status, "COMPLETED"),
            (409, 200) => assert_eq!(status, "ERROR"),
            both => panic!("{both:?}"),
        }
    }
}
