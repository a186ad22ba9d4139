//! The faults of the original server that must not come back, each as a test named after it.
//!
//! Most of what is asked here is asked in more detail by the suite of its subject (`contract_*.rs`, `hostile.rs`,
//! `migrations.rs`); here each fault is held off by itself. How large lists are read stands in `ten_thousand_jobs.rs`.

#![expect(
    clippy::unwrap_used,
    reason = "what a test's helpers cannot do stops the test"
)]

use std::net::TcpListener;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use topchef_tests::lab::{self, NOBODY, title};
use topchef_tests::stranger::{assert_refused, assert_useless};
use topchef_tests::{Api, Launch, Server, eventually, raw};

/// A centrifuge of that name.
fn named(name: &str) -> Value {
    let mut service = lab::centrifuge();
    service["name"] = json!(name);
    service
}

/// Sends requests of every outcome, each of which must be answered as it is when nobody else is there.
async fn work(api: Api, service: String) {
    let jobs = format!("/services/{service}/jobs");
    for rpm in 500..510 {
        let job = lab::submit(&api, &service, &json!({"rpm": rpm})).await;
        let path = format!("/jobs/{job}");
        let wrong = json!({"parameters": {"rpm": "fast"}});
        api.post(&jobs, &wrong).await.refused(400, title::SCHEMA);
        let wrong = json!({"status": "PAUSED"});
        let answer = api.patch(&path, &wrong).await;
        answer.refused(400, title::DESERIALIZATION);
        let nobody = format!("/jobs/{NOBODY}");
        api.get(&nobody).await.refused(404, title::NO_JOB);
        let done = json!({"status": "COMPLETED", "results": {"mass_mg": rpm}});
        api.patch(&path, &done).await.expect(200);
        assert_eq!(lab::job(&api, &job).await["results"]["mass_mg"], rpm);
        api.call("PATCH", &format!("/services/{service}"))
            .await
            .expect(200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_that_run_at_once_share_no_session_that_they_could_break() {
    let server = Server::start();
    let service = lab::register(&server.api(), &lab::centrifuge()).await;
    let clients = (0..16).map(|_| tokio::spawn(work(server.api(), service.clone())));
    for client in clients.collect::<Vec<_>>() {
        client.await.unwrap();
    }
    let shown = lab::service(&server.api(), &service).await;
    assert_eq!(lab::ids(&shown["jobs"]).len(), 160);
    work(server.api(), service).await;
}

/// A server whose database refuses a second service of a name, which the server does not know.
fn with_a_rule_of_its_own() -> Server {
    let server = Server::start();
    let rule = "CREATE UNIQUE INDEX one_service_of_a_name ON services (name)";
    server.launch().database().execute(rule);
    server
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_that_the_database_refuses_is_rolled_back_and_harms_no_later_request() {
    let server = with_a_rule_of_its_own();
    let api = server.api();
    let taken = lab::register(&api, &named("taken")).await;
    for _ in 0..5 {
        api.post("/services", &named("taken")).await.problem(409);
        lab::submit(&api, &taken, &json!({"rpm": 500})).await;
    }
    // Beside others, whose writes may be in the same commit.
    let both = (0..20).map(|number| {
        let api = api.clone();
        tokio::spawn(async move {
            let (name, status) = if number % 2 == 0 {
                ("taken".to_owned(), 409)
            } else {
                (format!("service {number}"), 201)
            };
            api.post("/services", &named(&name)).await.expect(status);
        })
    });
    for one in both.collect::<Vec<_>>() {
        one.await.unwrap();
    }
    let services = api.get("/services").await.expect(200).json();
    assert_eq!(lab::ids(&services["data"]).len(), 11);
    work(api, taken).await;
}

#[tokio::test]
async fn a_refused_patch_keeps_nothing_of_what_it_would_have_changed() {
    let server = with_a_rule_of_its_own();
    let api = server.api();
    lab::register(&api, &named("taken")).await;
    let (service, job) = lab::service_and_job(&api).await;
    let path = format!("/services/{service}");
    let before = lab::service(&api, &service).await;
    // By the server, and by the database when everything else was right.
    let wrong = json!({"name": "kept although refused", "timeout": "never"});
    let answer = api.patch(&path, &wrong).await;
    answer.refused_at(title::DESERIALIZATION, &["/timeout"]);
    let wrong = json!({"name": "taken", "description": "kept", "is_available": true});
    api.patch(&path, &wrong).await.problem(409);
    assert_eq!(lab::service(&api, &service).await, before);
    let before = lab::job(&api, &job).await;
    let wrong = json!({"status": "COMPLETED", "results": {"mass_mg": "much"}});
    let answer = api.patch(&format!("/jobs/{job}"), &wrong).await;
    answer.refused(400, title::SCHEMA);
    assert_eq!(lab::job(&api, &job).await, before);
    // Nothing was only held back for the next commit either.
    api.call("PATCH", &path).await.expect(200);
    assert_eq!(lab::service(&api, &service).await["name"], "Centrifuge");
}

#[tokio::test]
async fn a_400_and_a_404_of_one_request_are_400() {
    let server = Server::start();
    let wrong = json!({"status": "PAUSED"});
    let answer = server.api().patch(&format!("/jobs/{NOBODY}"), &wrong).await;
    let mut titles: Vec<_> = answer.problem(400).into_iter().map(|it| it.title).collect();
    titles.sort_unstable();
    assert_eq!(titles, [title::DESERIALIZATION, title::NO_JOB]);
}

#[tokio::test]
async fn a_job_carries_the_time_of_its_submission_and_not_of_the_servers_start() {
    let server = Server::start();
    let api = server.api();
    let service = lab::register(&api, &lab::centrifuge()).await;
    // What goes out has microseconds.
    let least = chrono::TimeDelta::microseconds(1);
    for rpm in 500..503 {
        let before = Utc::now() - least;
        let job = lab::submit(&api, &service, &json!({"rpm": rpm})).await;
        let after = Utc::now();
        let date = lab::job(&api, &job).await["date_submitted"].clone();
        let date: DateTime<Utc> = date.as_str().unwrap().parse().unwrap();
        assert!(before <= date && date <= after, "{before} {date} {after}");
    }
}

#[tokio::test]
async fn the_queue_is_sorted_before_it_is_cut_to_ten() {
    let server = Server::start();
    let api = server.api();
    let service = lab::register(&api, &lab::centrifuge()).await;
    let mut jobs = Vec::new();
    for rpm in 500..515 {
        jobs.push(lab::submit(&api, &service, &json!({"rpm": rpm})).await);
    }
    // The oldest are written last, so that a table read from its beginning shows them at the end.
    for status in ["WORKING", "REGISTERED"] {
        for job in jobs[..5].iter().rev() {
            let change = json!({"status": status});
            api.patch(&format!("/jobs/{job}"), &change)
                .await
                .expect(200);
        }
    }
    let queue = api.get(&format!("/services/{service}/queue")).await;
    assert_eq!(lab::ids(&queue.expect(200).json()["data"]), jobs[..10]);
}

#[tokio::test]
async fn a_schema_is_checked_when_it_is_registered_and_not_when_the_first_job_comes() {
    let server = Server::start();
    let api = server.api();
    let wrong = json!({"properties": {"rpm": {"type": "intager"}}});
    for (takes, gives, place) in [
        (&wrong, &json!({}), "/job_registration_schema"),
        (&json!({}), &wrong, "/job_result_schema"),
    ] {
        let answer = api
            .post("/services", &lab::registration(takes, gives))
            .await;
        let faults = answer.refused(400, title::DESERIALIZATION);
        assert!(
            faults
                .iter()
                .all(|fault| fault.pointer.as_deref() == Some(place)),
            "{faults:?}"
        );
    }
    let services = api.get("/services").await.expect(200).json();
    assert_eq!(services["data"], json!([]));
}

#[tokio::test]
async fn a_reference_fetches_neither_http_nor_file() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}/schema.json", listener.local_addr().unwrap());
    let server = Server::start();
    for reference in [url.as_str(), "file:///etc/passwd"] {
        let schema = json!({"properties": {"a": {"$ref": reference}}}).to_string();
        assert_useless(&server.api(), reference, &schema, r#"{"a": 1}"#).await;
    }
    let caller = listener.accept();
    assert!(caller.is_err(), "the server fetched a schema: {caller:?}");
}

#[tokio::test]
async fn a_pattern_does_not_hang_the_server() {
    let server = Server::start();
    let text = format!("{}!", "a".repeat(30_000));
    let schema = json!({"properties": {"s": {"pattern": "^(a|aa)+$"}}}).to_string();
    let object = json!({"s": text}).to_string();
    assert_useless(&server.api(), "a pattern", &schema, &object).await;
}

#[tokio::test]
async fn a_recursive_reference_is_no_failure_of_the_server() {
    let server = Server::start();
    let api = server.api();
    let circle = json!({"allOf": [{"$ref": "#"}]}).to_string();
    assert_useless(&api, "a circle", &circle, r#"{"a": 1}"#).await;
    // One that descends is a schema as any other.
    let tree = json!({"properties": {"below": {"$ref": "#"}, "rpm": {"type": "integer"}}});
    let service = lab::register(&api, &lab::registration(&tree, &json!({}))).await;
    let right = json!({"below": {"below": {"rpm": 1}}});
    lab::submit(&api, &service, &right).await;
    let wrong = json!({"parameters": {"below": {"below": {"rpm": "one"}}}});
    let answer = api.post(&format!("/services/{service}/jobs"), &wrong).await;
    answer.refused_at(title::SCHEMA, &["/parameters/below/below/rpm"]);
}

#[tokio::test]
async fn deep_json_is_no_failure_of_the_server() {
    let server = Server::start();
    let api = server.api();
    let (service, job) = lab::service_and_job(&api).await;
    let deep = format!("{}1{}", r#"{"a":"#.repeat(5_000), "}".repeat(5_000));
    for (method, path, key) in [
        ("POST", format!("/services/{service}/jobs"), "parameters"),
        ("PATCH", format!("/jobs/{job}"), "results"),
    ] {
        let body = format!(r#"{{"{key}": {deep}}}"#);
        let answer = api.text(method, &path, &body).await;
        answer.refused(400, title::NOT_JSON);
        assert_refused(&api, key, &answer).await;
    }
}

#[tokio::test]
async fn a_timeout_of_zero_is_no_failure_of_the_server() {
    let server = Server::start();
    let api = server.api();
    let id = lab::register(&api, &lab::centrifuge()).await;
    let answer = api
        .patch(&format!("/services/{id}"), &json!({"timeout": 0}))
        .await;
    assert_eq!(answer.expect(200).json()["data"]["timeout"], 0);
    let shown = lab::service(&api, &id).await;
    assert_eq!(
        (&shown["timeout"], &shown["has_timed_out"]),
        (&json!(0), &json!(true))
    );
}

#[tokio::test]
async fn a_status_that_is_no_string_is_no_failure_of_the_server() {
    let server = Server::start();
    let api = server.api();
    let (_, job) = lab::service_and_job(&api).await;
    for status in [json!(1), json!(true), json!({}), json!(["WORKING"])] {
        let body = json!({ "status": status });
        let answer = api.patch(&format!("/jobs/{job}"), &body).await;
        answer.refused_at(title::DESERIALIZATION, &["/status"]);
    }
    assert_eq!(lab::job(&api, &job).await["status"], "REGISTERED");
}

#[tokio::test]
async fn what_is_not_a_number_is_not_accepted_as_one() {
    let server = Server::start();
    let api = server.api();
    let (service, job) = lab::service_and_job(&api).await;
    for number in ["NaN", "Infinity", "-Infinity"] {
        for (method, path, body) in [
            (
                "POST",
                format!("/services/{service}/jobs"),
                format!(r#"{{"parameters": {{"rpm": {number}}}}}"#),
            ),
            (
                "PATCH",
                format!("/jobs/{job}"),
                format!(r#"{{"results": {{"mass_mg": {number}}}}}"#),
            ),
        ] {
            let answer = api.text(method, &path, &body).await;
            answer.refused(400, title::NOT_JSON);
        }
    }
    assert_eq!(lab::job(&api, &job).await["results"], Value::Null);
}

#[tokio::test]
async fn the_results_of_a_finished_job_are_not_overwritten_by_who_comes_second() {
    let server = Server::start();
    let api = server.api();
    let (_, job) = lab::service_and_job(&api).await;
    let path = format!("/jobs/{job}");
    let workers = (1..=8).map(|mass| {
        let (api, path) = (api.clone(), path.clone());
        let done = json!({"status": "COMPLETED", "results": {"mass_mg": mass}});
        tokio::spawn(async move { (api.patch(&path, &done).await, mass) })
    });
    let mut first = Vec::new();
    for worker in workers.collect::<Vec<_>>() {
        let (answer, mass) = worker.await.unwrap();
        if answer.status == 200 {
            first.push(mass);
        } else {
            answer.problem(409);
        }
    }
    assert_eq!(first.len(), 1, "so many workers completed one job");
    let stored = lab::job(&api, &job).await;
    assert_eq!(stored["results"], json!({"mass_mg": first[0]}));
}

#[tokio::test]
async fn a_host_header_decides_no_link_when_the_server_knows_its_address() {
    let known = "https://lab.example.org/queue";
    let server = Launch::serve().arguments(["--public-url", known]).start();
    let api = server.api();
    let get = |path: &str| api.request("GET", path).header("host", "evil.example.com");
    let listed = api.send(get("/services")).await.expect(200).json();
    assert_eq!(listed["links"]["self"], format!("{known}/services"));
    // Without one, a header that is no host is no part of a link.
    let server = Server::start();
    let odd = "evil.example.com\"/<script>";
    let head = format!("GET /services HTTP/1.1\r\nHost: {odd}\r\nConnection: close\r\n\r\n");
    let answer = raw::exchange(server.address(), &head, b"").expect(200);
    assert_eq!(answer.json()["links"]["self"], "/services");
}

#[tokio::test]
async fn a_request_has_limits_of_its_body_and_of_its_head() {
    let server = Server::start();
    let api = server.api();
    let body = format!("\"{}\"", "x".repeat(2_000_000));
    api.text("POST", "/services", &body).await.problem(413);
    let head = format!(
        "GET / HTTP/1.1\r\nHost: lab\r\nConnection: close\r\nX-Long: {}\r\n\r\n",
        "x".repeat(2_000_000)
    );
    let answer = raw::exchange(server.address(), &head, b"");
    assert_eq!(answer.status, 431, "{}", answer.status);
    api.get("/").await.expect(200);
}

#[tokio::test]
async fn a_database_is_made_by_steps_that_are_recorded_in_it() {
    let mut server = Server::start();
    let (_, job) = lab::service_and_job(&server.api()).await;
    let steps = || {
        let order = "SELECT description FROM _sqlx_migrations ORDER BY version";
        server.launch().database().texts(order)
    };
    let taken = steps();
    assert!(!taken.is_empty());
    let address = server.launch().database().address();
    let migrate = Launch::bare().arguments(["migrate", "--database", &address]);
    let run = migrate.run();
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(steps(), taken, "a step was taken twice");
    server.restart();
    lab::job(&server.api(), &job).await;
}

#[tokio::test]
async fn the_log_begins_a_new_file_every_day() {
    let server = Launch::serve().arguments(["--log-file", "logs/lab.log"]);
    let before = Utc::now();
    let server = server.start();
    server.api().get("/").await.expect(200);
    let after = Utc::now();
    let files = std::fs::read_dir(server.launch().file("logs")).unwrap();
    let names: Vec<_> = files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    let days = [before, after].map(|time| time.format("%Y-%m-%d").to_string());
    assert!(
        names
            .iter()
            .any(|name| days.iter().any(|day| name.contains(day))),
        "no file of today: {names:?}"
    );
}

/// The next job of a service and its entity tag; nothing when none waits.
async fn next(api: &Api, service: &str) -> Option<(String, String)> {
    let answer = api.get(&format!("/services/{service}/jobs/next")).await;
    if answer.status == 204 {
        return None;
    }
    let job = answer.json()["data"]["id"].as_str().unwrap().to_owned();
    let tag = answer.header("etag").unwrap().to_owned();
    Some((job, tag))
}

/// Whether a worker got a job that it had seen with this tag.
async fn take(api: &Api, job: &str, tag: &str) -> bool {
    let request = api.request("PATCH", &format!("/jobs/{job}"));
    let request = request
        .header("content-type", "application/json")
        .header("if-match", tag)
        .body(json!({"status": "WORKING"}).to_string());
    let answer = api.send(request).await;
    if answer.status == 200 {
        return true;
    }
    answer.problem(412);
    false
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_next_job_is_not_taken_by_every_worker_that_was_shown_it() {
    let server = Server::start();
    let service = lab::register(&server.api(), &lab::centrifuge()).await;
    let mut jobs = Vec::new();
    for rpm in 500..520 {
        jobs.push(lab::submit(&server.api(), &service, &json!({"rpm": rpm})).await);
    }
    // All four are shown the first one before any of them takes it.
    let workers = [(); 4].map(|()| server.api());
    let mut taken = Vec::new();
    let mut shown = Vec::new();
    for worker in &workers {
        shown.push(next(worker, &service).await.unwrap());
    }
    for (worker, (job, tag)) in workers.iter().zip(&shown) {
        assert_eq!(*job, jobs[0]);
        if take(worker, job, tag).await {
            taken.push(job.clone());
        }
    }
    assert_eq!(taken, jobs[..1]);
    // The others are taken as fast as four workers can.
    let workers = workers.map(|worker| {
        let service = service.clone();
        tokio::spawn(async move {
            let mut taken = Vec::new();
            while let Some((job, tag)) = next(&worker, &service).await {
                if take(&worker, &job, &tag).await {
                    taken.push(job);
                }
            }
            taken
        })
    });
    for worker in workers {
        taken.extend(worker.await.unwrap());
    }
    taken.sort_unstable();
    assert_eq!(taken, jobs, "each job once");
}

#[tokio::test]
async fn a_job_that_was_changed_since_it_was_shown_is_not_changed_by_who_saw_it_before() {
    let server = Server::start();
    let api = server.api();
    let (service, job) = lab::service_and_job(&api).await;
    let path = format!("/jobs/{job}");
    let (_, seen) = next(&api, &service).await.unwrap();
    let tag = api.get(&path).await.header("etag").map(str::to_owned);
    assert_eq!(tag.as_deref(), Some(seen.as_str()));
    assert!(take(&api, &job, &seen).await);
    assert!(
        !take(&api, &job, &seen).await,
        "the tag is no longer its own"
    );
    // Put back, it is as open as before, and yet another than the one that was seen.
    let back = json!({"status": "REGISTERED"});
    api.patch(&path, &back).await.expect(200);
    assert!(!take(&api, &job, &seen).await, "an old tag came back");
    let (_, seen) = next(&api, &service).await.unwrap();
    assert!(take(&api, &job, &seen).await);
    // Who asks nothing of it changes it as before.
    api.patch(&path, &back).await.expect(200);
}

#[tokio::test]
async fn parameters_and_results_may_be_whatever_their_schema_allows() {
    let server = Server::start();
    let api = server.api();
    for (kind, right, wrong) in [
        ("array", json!([1, [2.5, null], "x"]), json!("x")),
        ("string", json!("a sample"), json!(["a sample"])),
        ("number", json!(-2.5), json!(true)),
        ("boolean", json!(false), json!(0)),
        ("object", json!({"rpm": 1}), json!([1])),
    ] {
        let schema = json!({ "type": kind });
        let service = lab::register(&api, &lab::registration(&schema, &schema)).await;
        let job = lab::submit(&api, &service, &right).await;
        let path = format!("/jobs/{job}");
        let refused = api.patch(&path, &json!({ "results": wrong })).await;
        refused.problem(400);
        let done = json!({"status": "COMPLETED", "results": right});
        let done = api.patch(&path, &done).await.expect(200).json();
        assert_eq!((&done["parameters"], &done["results"]), (&right, &right));
        assert_eq!(lab::job(&api, &job).await, done);
        let jobs = format!("/services/{service}/jobs");
        let refused = api.post(&jobs, &json!({ "parameters": wrong })).await;
        refused.problem(400);
    }
}

#[tokio::test]
async fn a_job_whose_worker_is_dead_does_not_stay_working_for_ever() {
    let launch = Launch::serve().arguments(["--worker-timeout", "1"]);
    let server = launch.start();
    let api = server.api();
    let (service, job) = lab::service_and_job(&api).await;
    let taken = json!({"status": "WORKING"});
    let path = format!("/jobs/{job}");
    api.patch(&path, &taken).await.expect(200);
    // The worker is gone.
    eventually("the job to wait again", async || {
        let job = lab::job(&api, &job).await;
        (job["status"] == "REGISTERED").then_some(())
    })
    .await;
    let (next, _) = next(&api, &service).await.unwrap();
    assert_eq!(next, job);
}

#[tokio::test]
async fn whoever_reaches_the_server_is_asked_who_they_are_where_that_is_wanted() {
    let made = Launch::bare().arguments(["token", "lab"]).run();
    let (token, line) = made.stdout.split_once('\n').unwrap();
    let launch = Launch::serve();
    std::fs::write(launch.file("tokens"), line).unwrap();
    let server = launch.arguments(["--tokens-file", "tokens"]).start();
    let api = server.api();
    let body = lab::centrifuge();
    let refused = api.post("/services", &body).await;
    refused.refused(401, "Unauthorized");
    let known = api.request("POST", "/services").bearer_auth(token);
    api.send(known.json(&body)).await.expect(201);
}
