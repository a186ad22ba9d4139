//! The example `machine_learning` as its users have it: its program, its worker, the requests of its page.

#![expect(
    clippy::unwrap_used,
    reason = "what a test's helpers cannot do stops the test"
)]

use serde_json::{Value, json};
use std::process::Command;
use topchef_tests::{Api, Example, eventually, lab, skip, walk, walk_comment};

const SOURCE: &str = include_str!("../../topchef-server/examples/machine_learning.rs");
const PAGE: &str = include_str!("../../topchef-server/docs/machine_learning.md");
const WORKER: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../topchef-server/examples/machine_learning_worker.py"
);

/// Whether there is what the worker is written in.
fn has_python() -> bool {
    let version = Command::new("python3").arg("--version").output();
    let is_there = version.is_ok_and(|output| output.status.success());
    if !is_there {
        skip("the worker of the example needs python3");
    }
    is_there
}

/// Has a worker do all jobs that wait.
fn work(api: &Api) {
    let output = Command::new("python3")
        .args([WORKER, &api.url(""), "--once"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}

async fn model(api: &Api, id: i64) -> Value {
    let model = api.get(&format!("/models/{id}")).await.expect(200).json();
    model["data"].clone()
}

/// The model, once its training is in that state.
async fn model_when(api: &Api, id: i64, training: &str) -> Value {
    eventually(training, async || {
        let model = model(api, id).await;
        (model["training"] == training).then_some(model)
    })
    .await
}

async fn submit(api: &Api, points: &Value) -> String {
    let accepted = api.post("/models", points).await.expect(202).json();
    accepted["data"]["id"].as_str().unwrap().to_owned()
}

fn points() -> Value {
    json!({"name": "line", "inputs": [0, 1, 2], "targets": [1, 3, 5]})
}

#[tokio::test]
async fn its_page_is_true() {
    if !has_python() {
        return;
    }
    let example = Example::start("machine_learning");
    let api = example.api();
    let (before, after) = PAGE.split_once("\n# A worker\n").unwrap();
    walk(&api, before).await;
    work(&api);
    model_when(&api, 1, "Trained").await;
    walk(&api, after).await;
}

#[tokio::test]
async fn its_comment_is_true() {
    let example = Example::start("machine_learning");
    walk_comment(&example.api(), SOURCE, &[202, 200, 200]).await;
}

#[tokio::test]
async fn a_model_is_trained_again_when_its_points_change() {
    if !has_python() {
        return;
    }
    let example = Example::start("machine_learning");
    let api = example.api();
    submit(&api, &points()).await;
    work(&api);
    let line = model_when(&api, 1, "Trained").await;
    let of = |line: &Value| ["slope", "intercept", "accuracy"].map(|key| line[key].as_f64());
    assert_eq!(of(&line), [Some(2.0), Some(1.0), Some(1.0)]);
    let other = json!({"name": "line", "inputs": [0, 1, 2], "targets": [1, 0, -1]});
    api.put("/models/1", &other).await.expect(202);
    let waiting = model(&api, 1).await;
    assert_eq!(waiting["training"], "Waiting");
    assert_eq!(of(&waiting), [None; 3]);
    assert_ne!(waiting["job_id"], line["job_id"]);
    work(&api);
    let line = model_when(&api, 1, "Trained").await;
    assert_eq!(of(&line), [Some(-1.0), Some(1.0), Some(1.0)]);
}

#[tokio::test]
async fn a_job_that_is_given_up_or_removed_leaves_a_model_that_failed() {
    let example = Example::start("machine_learning");
    let api = example.api();
    let given_up = submit(&api, &points()).await;
    let removed = submit(&api, &points()).await;
    let path = format!("/jobs/{given_up}");
    api.patch(&path, &json!({"status": "ERROR"}))
        .await
        .expect(200);
    api.delete(&format!("/jobs/{removed}")).await.expect(204);
    for id in [1, 2] {
        assert_eq!(model_when(&api, id, "Failed").await["slope"], Value::Null);
    }
}

#[tokio::test]
async fn results_come_into_the_record_also_after_a_crash() {
    let mut example = Example::start("machine_learning");
    let api = example.api();
    let job = submit(&api, &points()).await;
    let line = json!({"slope": 2.0, "intercept": 1.0, "accuracy": 1.0});
    let done = json!({"status": "COMPLETED", "results": line});
    api.patch(&format!("/jobs/{job}"), &done).await.expect(200);
    example.restart();
    let api = example.api();
    assert_eq!(model_when(&api, 1, "Trained").await["job_id"], job);
    // The trainer is the one that was registered first.
    let services = api.get("/services").await.expect(200).json();
    assert_eq!(lab::ids(&services["data"]).len(), 1);
}

#[tokio::test]
async fn a_refused_write_submits_nothing() {
    let example = Example::start("machine_learning");
    let api = example.api();
    for wrong in [
        json!({"name": "", "inputs": [0, 1], "targets": [1, 2]}),
        json!({"name": "line", "inputs": [0, 1], "targets": [1]}),
        json!({"name": "line", "inputs": [1], "targets": [1]}),
        json!({"name": "line", "inputs": "1, 2", "targets": [1, 2]}),
        json!({"name": "line", "inputs": [0, 1]}),
    ] {
        api.post("/models", &wrong).await.problem(400);
    }
    let jobs = api.get("/jobs").await.expect(200).json();
    assert_eq!(jobs["data"], json!([]));
}
