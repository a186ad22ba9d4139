//! `topchef-server service` and `topchef-server job`: an operator looks at services and jobs, and changes them, whether a
//! server runs over the database or not.

use serde_json::{Value, json};
use topchef_tests::lab::{self, NOBODY};
use topchef_tests::{Api, Finished, Kind, Launch, Scratch, Server};

/// A name that would turn a terminal red, begin a new line, and turn what follows it around.
const HOSTILE: &str = "Red \u{1b}[31m\nCentrifuge\u{9b}31m \u{202e}";

fn run_over(database: &str, arguments: &[&str]) -> Finished {
    Launch::bare()
        .arguments(arguments.iter().copied())
        .arguments(["--database", database])
        .run()
}

fn run(server: &Server, arguments: &[&str]) -> Finished {
    run_over(&server.launch().database().address(), arguments)
}

fn lines(finished: &Finished) -> Vec<&str> {
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert_eq!(finished.stderr, "", "{finished:?}");
    let lines: Vec<_> = finished.stdout.lines().collect();
    for line in &lines {
        let is_tame = |letter: char| !letter.is_control() && letter != '\u{202e}';
        assert!(line.chars().all(is_tame), "{line:?}");
    }
    lines
}

fn objects(finished: &Finished) -> Vec<Value> {
    let objects = lines(finished).into_iter().map(serde_json::from_str);
    objects.map(Result::unwrap).collect()
}

/// Asserts one line on stderr with these words, nothing on stdout, and this exit code.
fn refused(finished: &Finished, code: i32, words: &str) {
    assert_eq!(finished.code, Some(code), "{finished:?}");
    assert_eq!(finished.stdout, "", "{finished:?}");
    assert!(finished.stderr.contains(words), "{finished:?}");
    if code == 1 {
        assert_eq!(finished.stderr.lines().count(), 1, "{finished:?}");
        assert!(
            finished.stderr.starts_with("topchef-server: "),
            "{finished:?}"
        );
    }
}

async fn change(api: &Api, job: &str, change: Value) {
    api.patch(&format!("/jobs/{job}"), &change)
        .await
        .expect(200);
}

async fn complete(api: &Api, job: &str) {
    change(
        api,
        job,
        json!({"status": "COMPLETED", "results": {"mass_mg": 1}}),
    )
    .await;
}

async fn hostile(api: &Api) -> String {
    let mut service = lab::centrifuge();
    service["name"] = HOSTILE.into();
    service["description"] = HOSTILE.into();
    service["job_registration_schema"]["description"] = HOSTILE.into();
    lab::register(api, &service).await
}

#[tokio::test]
async fn services_are_listed_and_shown() {
    let server = Server::start();
    let api = server.api();
    assert_eq!(lines(&run(&server, &["service", "list"])), [""; 0]);
    let (first, _) = lab::service_and_job(&api).await;
    let second = hostile(&api).await;
    let available = json!({"is_available": true});
    let changed = api.patch(&format!("/services/{second}"), &available).await;
    changed.expect(200);
    let list = run(&server, &["service", "list"]);
    let [one, other] = lines(&list)[..] else {
        panic!("{list:?}");
    };
    assert!(
        one.starts_with(&format!("{first}  not available  checked in 20")),
        "{one}"
    );
    assert!(one.ends_with("  Centrifuge"), "{one}");
    assert!(
        other.starts_with(&format!("{second}  available  ")),
        "{other}"
    );
    assert!(
        other.contains(r"Red \u{1b}[31m\nCentrifuge\u{9b}31m"),
        "{other}"
    );
    let list = run(&server, &["service", "list", "--json"]);
    let [one, other] = &objects(&list)[..] else {
        panic!("{list:?}");
    };
    assert_eq!(one["id"], first.as_str());
    assert_eq!(one["is_service_available"], false);
    assert_eq!(
        (&other["name"], &other["timeout"]),
        (&json!(HOSTILE), &json!(30))
    );

    let shown = run(&server, &["service", "show", &first]);
    let shown = lines(&shown).join("\n");
    for part in [
        "name             Centrifuge",
        "open jobs        1 ready",
        "\"rpm\"",
    ] {
        assert!(shown.contains(part), "{part} in\n{shown}");
    }
    lines(&run(&server, &["service", "show", &second]));
    let shown = run(&server, &["service", "show", &second, "--json"]);
    let [shown] = &objects(&shown)[..] else {
        panic!("{shown:?}");
    };
    assert_eq!(shown["job_result_schema"], lab::mass_schema());
    assert_eq!(shown["job_registration_schema"]["description"], HOSTILE);
    assert_eq!(shown["open_jobs"], json!({}));
}

#[tokio::test]
async fn a_service_is_removed_and_its_server_knows() {
    let server = Server::start();
    let api = server.api();
    let (service, job) = lab::service_and_job(&api).await;
    change(&api, &job, json!({"status": "WORKING"})).await;
    let in_work = run(&server, &["service", "delete", &service]);
    refused(&in_work, 1, "jobs of the service are being worked on");
    assert!(in_work.stderr.contains("--force"), "{in_work:?}");
    lab::service(&api, &service).await;
    let forced = run(&server, &["service", "delete", &service, "--force"]);
    assert_eq!(lines(&forced), [""; 0]);
    let body = json!({"parameters": {"rpm": 500}});
    let submitted = api.post(&format!("/services/{service}/jobs"), &body).await;
    submitted.refused(404, lab::title::NO_SERVICE);
    for action in ["show", "delete"] {
        let gone = run(&server, &["service", action, &service]);
        refused(&gone, 1, "there is no service");
    }
}

#[tokio::test]
async fn jobs_are_listed_by_service_and_status() {
    let server = Server::start();
    let api = server.api();
    let (service, first) = lab::service_and_job(&api).await;
    let (other, elsewhere) = lab::service_and_job(&api).await;
    let second = lab::submit(&api, &service, &json!({"rpm": 501})).await;
    complete(&api, &first).await;
    let list = run(&server, &["job", "list"]);
    let listed: Vec<_> = lines(&list).into_iter().map(|line| &line[..36]).collect();
    assert_eq!(listed, [first.as_str(), &elsewhere, &second]);
    let line = lines(&list)[0].to_owned();
    let due = format!("{first}  COMPLETED (succeeded)  service {service}  submitted 20");
    assert!(line.starts_with(&due), "{line}");
    for (arguments, due) in [
        (&["--service", &other][..], &[&elsewhere][..]),
        (&["--status", "COMPLETED"], &[&first]),
        (
            &["--status", "registered", "--service", &service],
            &[&second],
        ),
        (&["--status", "ERROR"], &[]),
        (&["--limit", "2"], &[&first, &elsewhere]),
        (&["--limit", "0"], &[]),
    ] {
        let list = run(&server, &[&["job", "list", "--json"], arguments].concat());
        let listed = objects(&list);
        let listed: Vec<_> = listed.iter().map(|job| job["id"].as_str()).collect();
        let due: Vec<_> = due.iter().map(|id| Some(id.as_str())).collect();
        assert_eq!(listed, due, "{arguments:?}");
    }
    let nobodys = run(&server, &["job", "list", "--service", NOBODY]);
    refused(&nobodys, 1, "there is no service");
    let unknown = run(&server, &["job", "list", "--status", "LOST"]);
    refused(&unknown, 2, "REGISTERED, WORKING, COMPLETED, ERROR");
}

#[tokio::test]
async fn more_jobs_than_are_read_at_once_are_all_listed() {
    let server = Server::start();
    let (_, _) = lab::service_and_job(&server.api()).await;
    let (numbers, id) = match Kind::of_this_run() {
        Kind::Sqlite => (
            "(WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1199) SELECT n FROM numbers)",
            "unhex(printf('%032x', n))",
        ),
        Kind::Postgres => (
            "(SELECT n FROM generate_series(1, 1199) AS series(n))",
            "lpad(to_hex(n), 32, '0')::uuid",
        ),
    };
    server.launch().database().execute(&format!(
        "INSERT INTO jobs (id, service_id, state, run_at, date_submitted)
         SELECT {id}, service_id, 4, run_at, date_submitted FROM {numbers} AS numbers CROSS JOIN jobs"
    ));
    assert_eq!(lines(&run(&server, &["job", "list"])).len(), 1_200);
    let some = run(&server, &["job", "list", "--limit", "700", "--json"]);
    let some = objects(&some);
    assert_eq!(some.len(), 700);
    let ids: Vec<_> = some.iter().map(|job| job["id"].as_str()).collect();
    assert!(ids.is_sorted() && ids.windows(2).all(|two| two[0] != two[1]));
}

#[tokio::test]
async fn a_job_is_shown_with_its_parameters_and_results() {
    let server = Server::start();
    let api = server.api();
    let (service, _) = lab::service_and_job(&api).await;
    let parameters = json!({"rpm": 500, "sample": HOSTILE});
    let job = lab::submit(&api, &service, &parameters).await;
    let shown = run(&server, &["job", "show", &job]);
    let shown = lines(&shown).join("\n");
    for part in [
        "status     REGISTERED (ready)",
        "\"rpm\":500",
        "results    -",
    ] {
        assert!(shown.contains(part), "{part} in\n{shown}");
    }
    complete(&api, &job).await;
    let shown = run(&server, &["job", "show", &job, "--json"]);
    let [shown] = &objects(&shown)[..] else {
        panic!("{shown:?}");
    };
    assert_eq!(shown["parameters"], parameters);
    assert_eq!(shown["results"], json!({"mass_mg": 1}));
    assert_eq!(shown["service_id"], service.as_str());
    assert_eq!(shown["state"], "succeeded");
}

#[tokio::test]
async fn a_job_is_cancelled_tried_again_and_removed() {
    let server = Server::start();
    let api = server.api();
    let (_, job) = lab::service_and_job(&api).await;
    let path = format!("/jobs/{job}");
    let open = run(&server, &["job", "retry", &job]);
    refused(&open, 1, "only one that failed or was cancelled");
    assert_eq!(lines(&run(&server, &["job", "cancel", &job])), [""; 0]);
    assert_eq!(lab::job(&api, &job).await["status"], "ERROR");
    lines(&run(&server, &["job", "cancel", &job]));
    lines(&run(&server, &["job", "retry", &job]));
    assert_eq!(lab::job(&api, &job).await["status"], "REGISTERED");
    change(&api, &job, json!({"status": "WORKING"})).await;
    let in_work = run(&server, &["job", "delete", &job]);
    refused(&in_work, 1, "the job is being worked on");
    assert!(in_work.stderr.contains("--force"), "{in_work:?}");
    complete(&api, &job).await;
    let finished = run(&server, &["job", "cancel", &job]);
    refused(&finished, 1, "the job is finished");
    change(&api, &job, json!({"status": "REGISTERED"})).await;
    change(&api, &job, json!({"status": "WORKING"})).await;
    lines(&run(&server, &["job", "delete", &job, "--force"]));
    api.get(&path).await.refused(404, lab::title::NO_JOB);
    for action in ["show", "cancel", "retry", "delete"] {
        let gone = run(&server, &["job", action, &job]);
        refused(&gone, 1, "there is no job");
        let no_id = run(&server, &["job", action, "7"]);
        refused(&no_id, 2, "invalid value '7'");
    }
}

#[test]
fn a_database_that_is_not_of_this_program_is_refused_and_left_as_it_is() {
    let database = Scratch::new();
    for words in [
        "it has no tables of this program",
        "it is newer than this program",
    ] {
        if words.starts_with("it is newer") {
            Launch::bare()
                .arguments(["migrate", "--database", &database.address()])
                .run();
            database.execute(
                "UPDATE _sqlx_migrations SET version = 9999 WHERE version = (SELECT MAX(version) FROM _sqlx_migrations)",
            );
        } else {
            database.execute("CREATE TABLE notes (text text)");
        }
        for arguments in [
            &["service", "list"][..],
            &["service", "delete", NOBODY],
            &["job", "list"],
            &["job", "cancel", NOBODY],
        ] {
            refused(&run_over(&database.address(), arguments), 1, words);
        }
    }
    assert_eq!(database.texts("SELECT text FROM notes"), [""; 0]);
}

#[test]
fn no_database_is_made_for_a_look() {
    if !Kind::Sqlite.is_of_this_run("a file that is not there is a matter of SQLite alone") {
        return;
    }
    let launch = Launch::bare().arguments(["job", "list", "--database", "missing.db"]);
    refused(&launch.run(), 1, "there is no database");
    assert!(!launch.file("missing.db").exists());
}
