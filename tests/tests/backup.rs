//! `topchef-server backup`: a copy of a database that is written to, and a server that is restored from it.

#![expect(
    clippy::unwrap_used,
    reason = "what a test's helpers cannot do stops the test"
)]

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tokio::task::JoinSet;
use topchef_tests::{Api, Finished, Kind, Launch, Scratch, Server, eventually, lab};

const CLIENTS: usize = 4;

/// Jobs whose last write was answered: their parameters, and their results once those were taken.
type Answered = Arc<Mutex<BTreeMap<String, (Value, Option<Value>)>>>;

/// Submits jobs and completes every other one, until it is told to stop.
async fn client(
    api: Api,
    service: String,
    number: usize,
    answered: Answered,
    stop: Arc<AtomicBool>,
) {
    let mut turn = 0;
    while !stop.load(Ordering::Relaxed) {
        let parameters = json!({"rpm": 100 + turn, "sample": format!("of client {number}")});
        let job = lab::submit(&api, &service, &parameters).await;
        answered
            .lock()
            .unwrap()
            .insert(job.clone(), (parameters.clone(), None));
        if turn % 2 == 0 {
            let results = json!({"mass_mg": turn});
            let done = json!({"status": "COMPLETED", "results": results});
            api.patch(&format!("/jobs/{job}"), &done).await.expect(200);
            answered
                .lock()
                .unwrap()
                .insert(job, (parameters, Some(results)));
        }
        turn += 1;
    }
}

fn backup(database: &str, to: &Path) -> Finished {
    let to = to.display().to_string();
    Launch::bare()
        .arguments(["backup", "--database", database, &to])
        .run()
}

fn refused(finished: &Finished, words: &str) {
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(finished.stderr.contains(words), "{finished:?}");
    assert!(!finished.stderr.contains("panicked"), "{finished:?}");
}

fn pragma(file: &Path, pragma: &str) -> Vec<String> {
    let connection = rusqlite::Connection::open(file).unwrap();
    let mut statement = connection.prepare(pragma).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_restored_from_a_backup_has_every_job_that_was_answered_before_it_began() {
    if !Kind::Sqlite.is_of_this_run("PostgreSQL has its own program for backups") {
        return;
    }
    let server = Server::start();
    let api = server.api();
    let service = lab::register(&api, &lab::centrifuge()).await;
    let (answered, stop) = (Answered::default(), Arc::new(AtomicBool::new(false)));
    let mut clients = JoinSet::new();
    for number in 0..CLIENTS {
        clients.spawn(client(
            api.clone(),
            service.clone(),
            number,
            Arc::clone(&answered),
            Arc::clone(&stop),
        ));
    }
    let more_than = async |count| {
        eventually("jobs that are answered", async || {
            (answered.lock().unwrap().len() > count).then_some(())
        })
        .await;
    };
    more_than(200).await;

    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.db");
    let database = server.launch().database().address();
    let before = answered.lock().unwrap().clone();
    let finished = tokio::task::spawn_blocking({
        let copy = copy.clone();
        move || backup(&database, &copy)
    });
    let finished = finished.await.unwrap();
    assert_eq!(finished.code, Some(0), "{finished:?}");
    // They have gone on meanwhile, and go on.
    let meanwhile = answered.lock().unwrap().len();
    assert!(meanwhile > before.len());
    more_than(meanwhile + 20).await;
    stop.store(true, Ordering::Relaxed);
    while let Some(client) = clients.join_next().await {
        client.unwrap();
    }
    drop(server);

    let names = fs::read_dir(folder.path()).unwrap();
    let names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["copy.db"], "something else was left there");
    assert_eq!(pragma(&copy, "PRAGMA integrity_check"), ["ok"]);
    assert_eq!(pragma(&copy, "PRAGMA foreign_key_check"), [""; 0]);

    let restored = Launch::serve_at(&copy.display().to_string()).start();
    for (job, (parameters, results)) in &before {
        let stored = lab::job(&restored.api(), job).await;
        assert_eq!(&stored["parameters"], parameters, "{stored}");
        if let Some(results) = results {
            assert_eq!(stored["status"], "COMPLETED", "{stored}");
            assert_eq!(&stored["results"], results, "{stored}");
        }
    }
    // It is a database as any other.
    lab::submit(&restored.api(), &service, &json!({"rpm": 500})).await;
}

#[tokio::test]
async fn a_database_that_no_server_has_open_is_copied_too() {
    if !Kind::Sqlite.is_of_this_run("PostgreSQL has its own program for backups") {
        return;
    }
    let mut server = Server::start();
    let (_, job) = lab::service_and_job(&server.api()).await;
    // What was committed last stands in the log beside the file.
    server.kill();
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.db");
    let finished = backup(&server.launch().database().address(), &copy);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    let restored = Launch::serve_at(&copy.display().to_string()).start();
    lab::job(&restored.api(), &job).await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_backup_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    if !Kind::Sqlite.is_of_this_run("PostgreSQL has its own program for backups") {
        return;
    }
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.db");
    let finished = backup(&server.launch().database().address(), &copy);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    let mode = fs::metadata(&copy).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn a_backup_overwrites_nothing_and_leaves_nothing_when_it_fails() {
    if !Kind::Sqlite.is_of_this_run("PostgreSQL has its own program for backups") {
        return;
    }
    let server = Server::start();
    let database = server.launch().database().address();
    let folder = tempfile::tempdir().unwrap();
    let there = folder.path().join("there.db");
    fs::write(&there, "somebody's").unwrap();
    refused(&backup(&database, &there), "is there already");
    assert_eq!(fs::read_to_string(&there).unwrap(), "somebody's");
    // The database itself above all.
    refused(&backup(&database, Path::new(&database)), "is there already");
    let nowhere = folder.path().join("no/such/folder/copy.db");
    refused(&backup(&database, &nowhere), "cannot be written");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    server.api().get("/services").await.expect(200);
}

#[test]
fn no_database_is_made_to_be_copied() {
    let launch = Launch::bare().arguments(["backup", "--database", "missing.db", "copy.db"]);
    refused(&launch.run(), "there is no database");
    assert!(!launch.file("missing.db").exists());
    assert!(!launch.file("copy.db").exists());
}

#[test]
fn of_postgres_it_is_said_which_program_makes_backups() {
    if !Kind::Postgres.is_of_this_run("what is said of PostgreSQL") {
        return;
    }
    let database = Scratch::new();
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.db");
    refused(&backup(&database.address(), &copy), "pg_dump");
    assert!(!copy.exists());
}
