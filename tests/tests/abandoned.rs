//! Jobs whose worker is silent go back to those that wait; all others stay with their workers.
//!
//! Time is waited for by a job that is abandoned: what was taken before it has been silent for longer.

#![expect(clippy::unwrap_used, reason = "helpers of a test, which they stop")]

use serde_json::{Value, json};
use std::sync::Arc;
use topchef_tests::{Api, Kind, Launch, Scratch, Server, eventually, lab};

fn start(seconds: &str) -> Server {
    start_over(&Arc::new(Scratch::new()), seconds)
}

fn start_over(database: &Arc<Scratch>, seconds: &str) -> Server {
    let launch = Launch::serve_over(Arc::clone(database));
    launch.arguments(["--worker-timeout", seconds]).start()
}

/// A service that counts as timed out after so many seconds, and that has checked in now.
async fn service(api: &Api, timeout: u32) -> String {
    let service = lab::register(api, &lab::centrifuge()).await;
    let timeout = json!({"timeout": timeout});
    let changed = api.patch(&format!("/services/{service}"), &timeout).await;
    changed.expect(200);
    service
}

async fn taken(api: &Api, service: &str) -> String {
    let job = lab::submit(api, service, &json!({"rpm": 500})).await;
    take(api, &job).await;
    job
}

/// A sign of life, as the first one is; gives the tag of the job.
async fn take(api: &Api, job: &str) -> String {
    let path = format!("/jobs/{job}");
    let taken = api.patch(&path, &json!({"status": "WORKING"})).await;
    taken.expect(200).header("etag").unwrap().to_owned()
}

async fn status(api: &Api, job: &str) -> Value {
    lab::job(api, job).await["status"].clone()
}

/// Waits until a job that nobody gives a sign of life for waits again.
async fn is_abandoned(api: &Api, job: &str) {
    eventually("a job that is taken back", async || {
        (status(api, job).await == "REGISTERED").then_some(())
    })
    .await;
}

/// How often a server says that it took a job back.
fn told(server: &Server, job: &str) -> usize {
    let log = server.log();
    let lines = log.lines();
    lines
        .filter(|line| line.contains("abandoned") && line.contains(job))
        .count()
}

async fn is_told(server: &Server, job: &str) {
    eventually("a line in the log", async || {
        (told(server, job) > 0).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_job_whose_worker_is_silent_waits_again_and_is_logged() {
    let server = start("1");
    let api = server.api();
    let service = service(&api, 0).await;
    let job = taken(&api, &service).await;
    is_abandoned(&api, &job).await;
    is_told(&server, &job).await;
    assert!(server.log().contains(&service));
    let next = api.get(&format!("/services/{service}/jobs/next")).await;
    assert_eq!(next.expect(200).json()["data"]["id"], job.as_str());
    // Who takes it then has it like any other.
    take(&api, &job).await;
    let attempts = format!("/services/{service}/jobs?fields=attempt");
    let attempts = api.get(&attempts).await.expect(200).json();
    assert_eq!(attempts["data"][0]["attempt"], 2);
    let done = json!({"status": "COMPLETED", "results": {"mass_mg": 1}});
    let done = api.patch(&format!("/jobs/{job}"), &done).await;
    done.expect(200);
}

#[tokio::test]
async fn a_check_in_of_the_service_says_nothing_of_the_worker_of_a_job() {
    let server = start("1");
    let api = server.api();
    let service = service(&api, 30).await;
    let job = taken(&api, &service).await;
    eventually("a job that is taken back", async || {
        // Another worker of the service, or the same one after it was started anew.
        let check_in = api.call("PATCH", &format!("/services/{service}")).await;
        check_in.expect(200);
        (status(&api, &job).await == "REGISTERED").then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_job_stays_while_its_worker_changes_it() {
    let server = start("1");
    let api = server.api();
    let service = service(&api, 0).await;
    let (kept, silent) = (taken(&api, &service).await, taken(&api, &service).await);
    eventually("a job that is taken back", async || {
        take(&api, &kept).await;
        (status(&api, &silent).await == "REGISTERED").then_some(())
    })
    .await;
    assert_eq!(told(&server, &kept), 0);
    // It was taken once, and not taken back and taken again in between.
    let attempts = format!("/services/{service}/jobs?fields=attempt&id={kept}");
    let attempts = api.get(&attempts).await.expect(200).json();
    assert_eq!(attempts["data"][0]["attempt"], 1);
}

#[tokio::test]
async fn two_servers_over_one_database_take_a_job_back_once() {
    let database = Arc::new(Scratch::new());
    let servers = [start_over(&database, "1"), start_over(&database, "1")];
    let api = servers[0].api();
    let service = service(&api, 0).await;
    let mut jobs = Vec::new();
    for _ in 0..10 {
        jobs.push(taken(&api, &service).await);
    }
    for job in &jobs {
        is_abandoned(&api, job).await;
    }
    let times = |job: &String| {
        servers
            .iter()
            .map(|server| told(server, job))
            .sum::<usize>()
    };
    eventually("a line for each", async || {
        jobs.iter().all(|job| times(job) > 0).then_some(())
    })
    .await;
    for job in &jobs {
        assert_eq!(times(job), 1);
    }
    // Each was moved by one of them alone: made, taken, taken back.
    let versions = database.texts("SELECT CAST(version AS text) FROM jobs");
    assert_eq!(versions, vec!["3"; 10]);
}

#[tokio::test]
async fn zero_is_never() {
    let patient = start("0");
    let (patients, server) = (patient.api(), start("1"));
    let forever = taken(&patients, &service(&patients, 0).await).await;
    // Even one that another server, which was less patient, has waited for.
    let late = taken(&patients, &service(&patients, 0).await).await;
    let leases = "SELECT COALESCE(CAST(lease_until AS text), 'none') FROM jobs WHERE state = 3";
    let database = patient.launch().database();
    assert_eq!(database.texts(leases), ["none", "none"]);
    database.execute(&format!(
        "UPDATE jobs SET lease_until = date_submitted WHERE id = {}",
        match Kind::of_this_run() {
            Kind::Sqlite => format!("unhex('{}')", late.replace('-', "")),
            Kind::Postgres => format!("'{late}'"),
        }
    ));
    let api = server.api();
    let silent = taken(&api, &service(&api, 0).await).await;
    is_abandoned(&api, &silent).await;
    assert_eq!(status(&patients, &forever).await, "WORKING");
    assert_eq!(status(&patients, &late).await, "WORKING");
}

#[tokio::test]
async fn jobs_that_were_taken_while_nobody_was_waited_for_are_once_somebody_is() {
    let database = Arc::new(Scratch::new());
    let job = {
        let patient = start_over(&database, "0");
        let api = patient.api();
        taken(&api, &service(&api, 0).await).await
    };
    let server = start_over(&database, "1");
    is_abandoned(&server.api(), &job).await;
    is_told(&server, &job).await;
}
