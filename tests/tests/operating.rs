//! What is for who runs the server: ids of requests, whether it is alive and ready, and what it counts.

#![expect(
    clippy::unwrap_used,
    reason = "what a test's helpers cannot do stops the test"
)]

use serde_json::json;
use sqlx::Connection as _;
use std::collections::BTreeSet;
use std::io::Write;
use std::time::Instant;
use topchef_tests::{Answer, Api, Cluster, Kind, Launch, Server, eventually, lab, raw};

const ID: &str = "x-request-id";

async fn with_id(api: &Api, path: &str, id: &str) -> Answer {
    api.send(api.request("GET", path).header(ID, id)).await
}

fn id(answer: &Answer) -> &str {
    answer.header(ID).unwrap()
}

/// The value of a sample, by its name and labels as they are written.
fn sample(text: &str, sample: &str) -> Option<f64> {
    let mut lines = text.lines();
    let value = lines.find_map(|line| line.strip_prefix(sample)?.strip_prefix(' '));
    value.map(|value| value.parse().unwrap())
}

async fn metrics(api: &Api) -> String {
    api.get("/metrics").await.expect(200).text
}

async fn becomes(api: &Api, status: u16, what: &str) -> Answer {
    eventually(what, async || {
        let answer = api.get("/health/ready").await;
        (answer.status == status).then_some(answer)
    })
    .await
}

#[tokio::test]
async fn every_answer_carries_an_id_of_its_own() {
    let server = Server::start();
    let api = server.api();
    let mut ids = BTreeSet::new();
    for (method, path, status) in [
        ("GET", "/", 200),
        ("HEAD", "/services", 200),
        ("OPTIONS", "/jobs", 200),
        ("GET", "/nowhere", 404),
        ("GET", "/jobs/x", 404),
        ("DELETE", "/services", 405),
        ("POST", "/services", 400),
    ] {
        let answer = api.call(method, path).await.expect(status);
        let id = id(&answer);
        assert_eq!(id.len(), 36, "{id}");
        assert!(ids.insert(id.to_owned()), "{id} came twice");
    }
    // The shape of a refusal is that of before.
    let refused = api.get("/nowhere").await;
    topchef_tests::assert_keys(
        &refused.json(),
        &["type", "title", "status", "detail", "errors"],
    );
}

#[tokio::test]
async fn an_id_of_the_client_is_kept_and_stands_in_the_log() {
    let server = Launch::serve().arguments(["--debug"]).start();
    let api = server.api();
    let longest = "x".repeat(128);
    for kept in ["lab-7", "0/a:b=c", &longest] {
        assert_eq!(id(&with_id(&api, "/nowhere", kept).await), kept);
    }
    for strange in [&*"x".repeat(129), "two words", "", "caf\u{e9}"] {
        let answer = with_id(&api, "/", strange).await.expect(200);
        assert_eq!(id(&answer).len(), 36, "{strange:?}");
    }
    let twice = raw::exchange(
        server.address(),
        "GET / HTTP/1.1\r\nHost: lab\r\nX-Request-Id: one\r\nX-Request-Id: two\r\nConnection: close\r\n\r\n",
        b"",
    );
    assert_eq!(id(&twice.expect(200)).len(), 36);
    eventually("a line of the log with the id", async || {
        let log = server.log();
        let mut lines = log.lines();
        lines
            .any(|line| line.contains("id=\"lab-7\"") && line.contains("/nowhere"))
            .then_some(())
    })
    .await;
    assert!(!server.log().contains("two words"));
}

#[tokio::test]
async fn a_server_that_can_work_is_alive_and_ready() {
    let server = Server::start();
    let api = server.api();
    for (path, status) in [("/health/live", "live"), ("/health/ready", "ready")] {
        let answer = api.get(path).await.expect(200);
        assert_eq!(answer.json(), json!({"status": status}));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
}

#[tokio::test]
async fn paths_for_who_runs_the_server_have_head_options_and_405() {
    let server = Server::start();
    let api = server.api();
    for path in ["/health/live", "/health/ready", "/metrics"] {
        let head = api.call("HEAD", path).await.expect(200);
        assert_eq!(head.text, "", "{path}");
        let allow = ["GET", "HEAD", "OPTIONS"];
        let options = api.call("OPTIONS", path).await.expect(200);
        assert_eq!(options.allow(), allow.into(), "{path}");
        for method in ["POST", "PUT", "PATCH", "DELETE"] {
            let refused = api.call(method, path).await;
            refused.refused(405, lab::title::METHOD);
            assert_eq!(refused.allow(), allow.into(), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_server_whose_file_is_gone_is_not_ready() {
    if !Kind::Sqlite.is_of_this_run("only a file can be removed") {
        return;
    }
    let server = Server::start();
    let api = server.api();
    let (service, job) = lab::service_and_job(&api).await;
    becomes(&api, 200, "a server that is ready").await;
    let file = server.launch().database().file();
    let elsewhere = file.with_extension("elsewhere");
    std::fs::rename(&file, &elsewhere).unwrap();
    let refused = becomes(&api, 503, "a server that is not ready").await;
    let [fault] = &refused.refused(503, "Not Ready")[..] else {
        panic!("{refused:?}");
    };
    assert_eq!(fault.code, "database");
    assert!(refused.header("retry-after").is_some());
    api.get("/health/live").await.expect(200);
    // What would be gone with this program is not taken: neither by itself nor in a transaction.
    let body = json!({"parameters": {"rpm": 500}});
    let submitted = api.post(&format!("/services/{service}/jobs"), &body).await;
    assert_eq!(submitted.status, 503, "{submitted:?}");
    let taken = json!({"status": "WORKING"});
    let taken = api.patch(&format!("/jobs/{job}"), &taken).await;
    assert_eq!(taken.status, 503, "{taken:?}");
    std::fs::rename(&elsewhere, &file).unwrap();
    becomes(&api, 200, "a server that is ready again").await;
    assert_eq!(lab::job(&api, &job).await["status"], "REGISTERED");
    lab::submit(&api, &service, &json!({"rpm": 500})).await;
    // Each change is told once, however many asked.
    let log = server.log();
    assert_eq!(log.matches("not ready").count(), 1, "{log}");
    assert_eq!(log.matches("ready again").count(), 1, "{log}");
}

#[tokio::test]
async fn a_server_whose_tables_are_of_another_program_is_not_ready() {
    let server = Server::start();
    let api = server.api();
    becomes(&api, 200, "a server that is ready").await;
    let database = server.launch().database();
    for (break_it, mend_it) in [
        (
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
             SELECT 9999, description, success, checksum, 0 FROM _sqlx_migrations WHERE version = 1",
            "DELETE FROM _sqlx_migrations WHERE version = 9999",
        ),
        (
            "ALTER TABLE jobs RENAME TO somebodys_jobs",
            "ALTER TABLE somebodys_jobs RENAME TO jobs",
        ),
    ] {
        database.execute(break_it);
        let refused = becomes(&api, 503, "a server that is not ready").await;
        let [fault] = &refused.refused(503, "Not Ready")[..] else {
            panic!("{refused:?}");
        };
        assert_eq!(fault.code, "tables", "{break_it}");
        database.execute(mend_it);
        becomes(&api, 200, "a server that is ready again").await;
    }
}

#[tokio::test]
async fn a_server_whose_postgres_is_away_is_not_ready_and_says_what_it_knows() {
    if !Kind::Postgres.is_of_this_run("only a PostgreSQL goes while its server stays") {
        return;
    }
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let server = Launch::serve_at(&cluster.address()).start();
    let api = server.api();
    becomes(&api, 200, "a server that is ready").await;
    cluster.fail();
    let refused = becomes(&api, 503, "a server that is not ready").await;
    let [fault] = &refused.refused(503, "Not Ready")[..] else {
        panic!("{refused:?}");
    };
    assert_eq!(fault.code, "database");
    assert!(refused.header("retry-after").is_some());
    api.get("/health/live").await.expect(200);
    let text = metrics(&api).await;
    assert_eq!(sample(&text, "topchef_database_up"), Some(0.0));
    assert!(!text.contains("topchef_outbox_messages"), "{text}");
    cluster.start_again();
    becomes(&api, 200, "a server that is ready again").await;
}

#[tokio::test]
async fn a_server_whose_database_takes_too_long_is_not_ready() {
    if !Kind::Postgres.is_of_this_run("a reader of SQLite waits for nobody") {
        return;
    }
    let server = Server::start();
    let api = server.api();
    becomes(&api, 200, "a server that is ready").await;
    let address = server.launch().database().address();
    let mut holder = sqlx::PgConnection::connect(&address).await.unwrap();
    let lock = "BEGIN; LOCK TABLE services IN ACCESS EXCLUSIVE MODE";
    sqlx::raw_sql(lock).execute(&mut holder).await.unwrap();
    let refused = becomes(&api, 503, "a server that is not ready").await;
    // A probe that waits for as long as a request may take would be given up before its answer.
    assert!(refused.took.as_secs() < 5, "{:?}", refused.took);
    api.get("/health/live").await.expect(200);
    sqlx::raw_sql("ROLLBACK")
        .execute(&mut holder)
        .await
        .unwrap();
    becomes(&api, 200, "a server that is ready again").await;
}

#[tokio::test]
async fn a_server_that_stops_is_not_ready() {
    let mut server = Server::start();
    let mut probe = raw::connect(server.address());
    probe
        .write_all(b"GET /health/ready HTTP/1.1\r\nHost: lab\r\n")
        .unwrap();
    // Once this one is answered, the server has taken the connection before it too.
    server.api().get("/health/ready").await.expect(200);
    server.signal("TERM");
    eventually("the server to stop taking connections", async || {
        std::net::TcpStream::connect(server.address())
            .is_err()
            .then_some(())
    })
    .await;
    probe.write_all(b"Connection: close\r\n\r\n").unwrap();
    let refused = raw::read_answer(&probe, Instant::now());
    let [fault] = &refused.refused(503, "Not Ready")[..] else {
        panic!("{refused:?}");
    };
    assert_eq!(fault.code, "stopping");
    assert_eq!(server.ended("SIGTERM").code(), Some(0));
}

#[tokio::test]
async fn requests_are_counted_by_their_routes_and_never_by_their_paths() {
    let server = Server::start();
    let api = server.api();
    let (service, job) = lab::service_and_job(&api).await;
    for path in [format!("/jobs/{job}"), format!("/jobs/{}", lab::NOBODY)] {
        api.get(&path).await;
    }
    for number in 0..5 {
        api.get(&format!("/nowhere/{number}")).await.expect(404);
    }
    api.call("BREW", "/jobs").await.expect(405);
    let answer = api.get("/metrics").await.expect(200);
    assert_eq!(
        answer.header("content-type"),
        Some("text/plain; version=0.0.4; charset=utf-8")
    );
    let text = answer.text;
    for (labels, count) in [
        (r#"method="POST",route="/services",status="201""#, 1.0),
        (r#"method="GET",route="/jobs/{job}",status="200""#, 1.0),
        (r#"method="GET",route="/jobs/{job}",status="404""#, 1.0),
        (r#"method="GET",route="unmatched",status="404""#, 5.0),
        (r#"method="other",route="/jobs",status="405""#, 1.0),
    ] {
        let name = format!("topchef_http_requests_total{{{labels}}}");
        assert_eq!(sample(&text, &name), Some(count), "{name}\n{text}");
    }
    for chosen in [&*service, &*job, "nowhere/"] {
        let mut lines = text.lines().filter(|line| line.contains("http_request"));
        assert!(
            lines.all(|line| !line.contains(chosen)),
            "{chosen} is in\n{text}"
        );
    }
    let histogram = "topchef_http_request_duration_seconds";
    let labels = r#"method="GET",route="/jobs/{job}""#;
    let count = format!("{histogram}_count{{{labels}}}");
    assert_eq!(sample(&text, &count), Some(2.0), "{text}");
    let slowest = format!("{histogram}_bucket{{{labels},le=\"30\"}}");
    assert_eq!(sample(&text, &slowest), Some(2.0), "{text}");
    // The request that asks is the one that is not answered yet.
    assert_eq!(sample(&text, "topchef_http_requests_in_flight"), Some(1.0));
}

#[tokio::test]
async fn what_the_database_does_is_counted() {
    let server = Server::start();
    let api = server.api();
    lab::service_and_job(&api).await;
    let text = metrics(&api).await;
    assert_eq!(sample(&text, "topchef_database_up"), Some(1.0));
    for state in ["waiting", "dead"] {
        let name = format!("topchef_outbox_messages{{state=\"{state}\"}}");
        assert_eq!(sample(&text, &name), Some(0.0), "{text}");
    }
    let (database, own) = match Kind::of_this_run() {
        Kind::Sqlite => {
            let commits = sample(&text, "topchef_sqlite_commits_total").unwrap();
            assert!(commits >= 2.0, "{text}");
            let all = sample(&text, "topchef_sqlite_commit_writes_bucket{le=\"+Inf\"}");
            assert_eq!(all, Some(commits));
            let writes = sample(&text, "topchef_sqlite_commit_writes_sum").unwrap();
            assert!(writes >= commits, "{text}");
            ("sqlite", "topchef_sqlite_waiting{for=\"writer\"}")
        }
        Kind::Postgres => {
            let of = |state| format!("topchef_postgres_connections{{state=\"{state}\"}}");
            let open: f64 = ["idle", "used"]
                .map(|state| sample(&text, &of(state)).unwrap())
                .iter()
                .sum();
            assert!(open >= 1.0, "{text}");
            let limit = sample(&text, "topchef_postgres_connections_limit");
            assert!(limit.is_some_and(|limit| limit >= open), "{text}");
            let batches = sample(&text, "topchef_postgres_batches_total").unwrap();
            let statements = sample(&text, "topchef_postgres_batched_statements_total").unwrap();
            assert!(statements >= batches * 2.0, "{text}");
            ("postgres", "topchef_postgres_connections_limit")
        }
    };
    assert!(sample(&text, own).is_some(), "{text}");
    let build = format!("topchef_build_info{{version=\"0.1.0\",database=\"{database}\"}}");
    assert_eq!(sample(&text, &build), Some(1.0), "{text}");
}

#[tokio::test]
async fn jobs_are_counted_by_service_and_state() {
    let server = Server::start();
    let api = server.api();
    let service = lab::register(&api, &lab::centrifuge()).await;
    let other = lab::register(&api, &lab::centrifuge()).await;
    let mut jobs = Vec::new();
    for rpm in [100, 200, 300, 400, 500] {
        jobs.push(lab::submit(&api, &service, &json!({"rpm": rpm})).await);
    }
    let done = json!({"status": "COMPLETED", "results": {"mass_mg": 1}});
    for (job, change) in jobs.iter().zip([
        json!({"status": "WORKING"}),
        done.clone(),
        json!({"status": "ERROR"}),
        // What is so already has not become so once more.
        json!({"status": "REGISTERED"}),
    ]) {
        api.patch(&format!("/jobs/{job}"), &change)
            .await
            .expect(200);
    }
    api.patch(&format!("/jobs/{}", jobs[1]), &done)
        .await
        .expect(200);
    let cancelled = format!("/jobs/{}/cancel", jobs[4]);
    for _ in 0..2 {
        api.call("POST", &cancelled).await.expect(200);
    }
    let text = metrics(&api).await;
    for (state, count) in [("ready", 1.0), ("leased", 1.0)] {
        let name = format!("topchef_jobs{{service=\"{service}\",state=\"{state}\"}}");
        assert_eq!(sample(&text, &name), Some(count), "{text}");
    }
    for state in ["succeeded", "failed", "cancelled"] {
        let labels = format!("service=\"{service}\",state=\"{state}\"");
        let finished = format!("topchef_jobs_finished_total{{{labels}}}");
        assert_eq!(sample(&text, &finished), Some(1.0), "{text}");
        let open = format!("topchef_jobs{{{labels}}}");
        assert_eq!(sample(&text, &open), None, "{text}");
    }
    let oldest = format!("topchef_jobs_oldest_ready_seconds{{service=\"{service}\"}}");
    let oldest = sample(&text, &oldest).unwrap();
    assert!((0.0..60.0).contains(&oldest), "{oldest}");
    // A service without jobs is not there.
    assert!(!text.contains(&other), "{text}");
}

#[tokio::test]
async fn the_oldest_job_is_found_whatever_its_priority() {
    let server = Server::start();
    let api = server.api();
    let service = lab::register(&api, &lab::centrifuge()).await;
    let old = lab::submit(&api, &service, &json!({"rpm": 100})).await;
    for rpm in [200, 300] {
        lab::submit(&api, &service, &json!({"rpm": rpm})).await;
    }
    let id = match Kind::of_this_run() {
        Kind::Sqlite => format!("x'{}'", old.replace('-', "")),
        Kind::Postgres => format!("'{old}'"),
    };
    let database = server.launch().database();
    database.execute(&format!(
        "UPDATE jobs SET priority = 1; \
         UPDATE jobs SET priority = 0, run_at = '2020-01-01T00:00:00.000000+00:00' WHERE id = {id}"
    ));
    let text = metrics(&api).await;
    let oldest = format!("topchef_jobs_oldest_ready_seconds{{service=\"{service}\"}}");
    let oldest = sample(&text, &oldest).unwrap();
    assert!(oldest > 24.0 * 3600.0, "{oldest}");
}

#[tokio::test]
async fn every_family_has_its_help_and_its_kind_once() {
    let server = Server::start();
    let api = server.api();
    api.get("/").await.expect(200);
    let text = metrics(&api).await;
    let mut families = BTreeSet::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        match line.strip_prefix("# TYPE ") {
            Some(family) => {
                let (name, _) = family.split_once(' ').unwrap();
                assert!(families.insert(name), "{name} comes twice:\n{text}");
                assert!(text.contains(&format!("# HELP {name} ")), "{name}");
            }
            None if line.starts_with('#') => {}
            None => {
                let name = line.split(['{', ' ']).next().unwrap();
                let family = ["_bucket", "_sum", "_count"]
                    .iter()
                    .find_map(|suffix| name.strip_suffix(suffix))
                    .filter(|family| families.contains(family));
                let family = family.unwrap_or(name);
                assert!(families.contains(family), "{line} is of no family");
            }
        }
    }
}

#[tokio::test]
async fn every_family_is_on_the_page_of_the_operator() {
    let page = include_str!("../../topchef-server/docs/operating.md");
    let server = Server::start();
    let api = server.api();
    api.get("/").await.expect(200);
    let text = metrics(&api).await;
    for line in text.lines() {
        if let Some((name, _)) = line
            .strip_prefix("# TYPE ")
            .and_then(|family| family.split_once(' '))
        {
            assert!(page.contains(&format!("`{name}")), "{name} is on no page");
        }
    }
}
