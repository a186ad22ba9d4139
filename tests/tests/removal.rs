//! Jobs and services are removed, with all that belongs to them, and nothing that is being worked on by mistake.

use serde_json::json;
use std::sync::Arc;
use topchef_tests::lab::{self, NOBODY, title};
use topchef_tests::{Api, Kind, Launch, Scratch, Server};

/// The tables in which something of a service stands.
const TABLES: [&str; 4] = ["services", "jobs", "job_parameters", "job_results"];

/// How many rows there are in each of the tables.
fn rows(database: &Scratch) -> [u64; 4] {
    TABLES.map(|table| {
        let count = format!("SELECT CAST(COUNT(*) AS text) FROM {table}");
        let counts = database.texts(&count);
        counts
            .first()
            .and_then(|count| count.parse().ok())
            .unwrap_or(u64::MAX)
    })
}

async fn take(api: &Api, job: &str) {
    let taken = json!({"status": "WORKING"});
    api.patch(&format!("/jobs/{job}"), &taken).await.expect(200);
}

async fn complete(api: &Api, job: &str) {
    let done = json!({"status": "COMPLETED", "results": {"mass_mg": 1}});
    api.patch(&format!("/jobs/{job}"), &done).await.expect(200);
}

/// Makes that many finished jobs of a service, as copies of the only job that there is.
fn multiply(database: &Scratch, jobs: u32) {
    let (numbers, id) = match Kind::of_this_run() {
        Kind::Sqlite => (
            format!(
                "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {jobs})
                 SELECT n FROM numbers"
            ),
            "unhex(printf('%032x', n))",
        ),
        Kind::Postgres => (
            format!("SELECT n FROM generate_series(1, {jobs}) AS numbers(n)"),
            "lpad(to_hex(n), 32, '0')::uuid",
        ),
    };
    database.execute(&format!(
        "CREATE TABLE numbers AS {numbers};
         CREATE TABLE template AS SELECT * FROM jobs;
         INSERT INTO jobs (id, service_id, state, run_at, parameters_bytes, results_bytes, date_submitted, date_finished)
             SELECT {id}, service_id, 4 + n % 4, run_at, 11, 13, date_submitted, run_at FROM numbers CROSS JOIN template;
         INSERT INTO job_parameters SELECT {id}, '{{\"rpm\": 500}}' FROM numbers;
         INSERT INTO job_results SELECT {id}, '{{\"mass_mg\": 1}}' FROM numbers;
         DROP TABLE template;
         DROP TABLE numbers;"
    ));
}

#[tokio::test]
async fn a_job_is_removed_with_its_parameters_and_results() {
    let server = Server::start();
    let api = server.api();
    let (service, job) = lab::service_and_job(&api).await;
    let other = lab::submit(&api, &service, &json!({"rpm": 501})).await;
    complete(&api, &job).await;
    let path = format!("/jobs/{job}");
    api.delete(&path).await.expect(204);
    api.get(&path).await.refused(404, title::NO_JOB);
    api.delete(&path).await.refused(404, title::NO_JOB);
    assert_eq!(rows(server.launch().database()), [1, 1, 1, 0]);
    let next = api.get(&format!("/services/{service}/jobs/next")).await;
    assert_eq!(next.expect(200).json()["data"]["id"], other.as_str());
    // One that waits goes too.
    api.delete(&format!("/jobs/{other}")).await.expect(204);
    let next = api.get(&format!("/services/{service}/jobs/next")).await;
    next.expect(204);
}

#[tokio::test]
async fn a_job_that_is_being_worked_on_is_only_removed_by_force() {
    let server = Server::start();
    let api = server.api();
    let (_, job) = lab::service_and_job(&api).await;
    take(&api, &job).await;
    let path = format!("/jobs/{job}");
    for path in [path.clone(), format!("{path}?force=false")] {
        let faults = api.delete(&path).await.refused(409, "Conflict");
        assert_eq!(faults[0].code, "job_in_work");
    }
    assert_eq!(lab::job(&api, &job).await["status"], "WORKING");
    api.delete(&format!("{path}?force=true")).await.expect(204);
    // Its worker finds nothing when it comes back.
    let done = json!({"status": "COMPLETED", "results": {"mass_mg": 1}});
    api.patch(&path, &done).await.refused(404, title::NO_JOB);
}

#[tokio::test]
async fn parameters_that_nobody_knows_remove_nothing() {
    let server = Server::start();
    let api = server.api();
    let (service, job) = lab::service_and_job(&api).await;
    for (query, code) in [
        ("colour=red", "unknown_parameter"),
        ("jobs=delete", "unknown_parameter"),
        ("force=maybe", "type"),
        ("force=true&force=false", "given_twice"),
    ] {
        let refused = api.delete(&format!("/jobs/{job}?{query}")).await;
        let faults = refused.refused(400, "Invalid Query Parameter");
        assert_eq!(faults[0].code, code, "{query}");
    }
    for (query, code) in [
        ("jobs=delete&colour=red", "unknown_parameter"),
        ("jobs=delete&force=1", "type"),
        ("jobs=delete&jobs=delete", "given_twice"),
    ] {
        let refused = api.delete(&format!("/services/{service}?{query}")).await;
        let faults = refused.refused(400, "Invalid Query Parameter");
        assert_eq!(faults[0].code, code, "{query}");
    }
    let both = api.delete(&format!("/jobs/{job}?a=1&force=x")).await;
    assert_eq!(both.refused(400, "Invalid Query Parameter").len(), 2);
    assert_eq!(lab::job(&api, &job).await["status"], "REGISTERED");
}

#[tokio::test]
async fn a_service_is_only_removed_by_who_says_that_its_jobs_go_along() {
    let server = Server::start();
    let api = server.api();
    let (service, job) = lab::service_and_job(&api).await;
    let path = format!("/services/{service}");
    // As the original was recorded, whatever is behind the question mark.
    for query in ["", "?force=true", "?jobs=keep"] {
        let refused = api.delete(&format!("{path}{query}")).await;
        refused.refused(405, title::METHOD);
        assert!(!refused.allow().contains("DELETE"), "{refused:?}");
    }
    assert_eq!(lab::job(&api, &job).await["status"], "REGISTERED");
    let nobodys = format!("/services/{NOBODY}?jobs=delete");
    api.delete(&nobodys).await.refused(404, title::NO_SERVICE);
    let wrong = api.delete("/services/x?jobs=delete").await;
    wrong.refused(404, title::NOT_UUID);

    let (kept, _) = lab::service_and_job(&api).await;
    complete(&api, &job).await;
    lab::submit(&api, &service, &json!({"rpm": 501})).await;
    api.delete(&format!("{path}?jobs=delete")).await.expect(204);
    assert_eq!(rows(server.launch().database()), [1, 1, 1, 0]);
    api.get(&path).await.refused(404, title::NO_SERVICE);
    let body = json!({"parameters": {"rpm": 500}});
    let submitted = api.post(&format!("{path}/jobs"), &body).await;
    submitted.refused(404, title::NO_SERVICE);
    let again = api.delete(&format!("{path}?jobs=delete")).await;
    again.refused(404, title::NO_SERVICE);
    lab::service(&api, &kept).await;
}

#[tokio::test]
async fn a_service_one_of_whose_jobs_is_being_worked_on_stays_whole_unless_forced() {
    let server = Server::start();
    let api = server.api();
    let (service, working) = lab::service_and_job(&api).await;
    let done = lab::submit(&api, &service, &json!({"rpm": 501})).await;
    complete(&api, &done).await;
    take(&api, &working).await;
    let path = format!("/services/{service}?jobs=delete");
    let faults = api.delete(&path).await.refused(409, "Conflict");
    assert_eq!(faults[0].code, "job_in_work");
    assert_eq!(rows(server.launch().database()), [1, 2, 2, 1]);
    let forced = api.delete(&format!("{path}&force=true")).await;
    forced.expect(204);
    assert_eq!(rows(server.launch().database()), [0, 0, 0, 0]);
}

#[tokio::test]
async fn more_finished_jobs_than_one_transaction_removes_go_with_their_service() {
    let server = Server::start();
    let api = server.api();
    let (service, _) = lab::service_and_job(&api).await;
    let database = server.launch().database();
    multiply(database, 1_500);
    let (kept, _) = lab::service_and_job(&api).await;
    assert_eq!(rows(database), [2, 1_502, 1_502, 1_500]);
    let path = format!("/services/{service}?jobs=delete");
    api.delete(&path).await.expect(204);
    assert_eq!(rows(database), [1, 1, 1, 0]);
    lab::service(&api, &kept).await;
}

#[tokio::test]
async fn what_another_server_removed_is_not_there() {
    let database = Arc::new(Scratch::new());
    let start = || Launch::serve_over(Arc::clone(&database)).start();
    let (one, other) = (start(), start());
    let [one, other] = [one.api(), other.api()];
    let (service, _) = lab::service_and_job(&one).await;
    let set = one.post("/job-sets", &json!({"description": "scan"})).await;
    let set = set.expect(201).made();
    // Both have kept the contract of the service.
    let job = lab::submit(&other, &service, &json!({"rpm": 500})).await;
    let path = format!("/services/{service}/jobs");
    one.delete(&format!("/job-sets/{set}")).await.expect(204);
    let body = json!({"parameters": {"rpm": 500}, "job_set": set});
    let submitted = other.post(&path, &body).await;
    submitted.refused(404, "JobSet Not Found");
    let removal = format!("/services/{service}?jobs=delete");
    one.delete(&removal).await.expect(204);
    let body = json!({"parameters": {"rpm": 500}});
    for _ in 0..2 {
        let submitted = other.post(&path, &body).await;
        submitted.refused(404, title::NO_SERVICE);
    }
    let done = json!({"status": "COMPLETED", "results": {"mass_mg": 1}});
    let changed = other.patch(&format!("/jobs/{job}"), &done).await;
    changed.refused(404, title::NO_JOB);
    assert_eq!(rows(&database), [0, 0, 0, 0]);
}
