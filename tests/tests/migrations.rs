//! How the server's tables are made and brought forward: by whom, when, and what is refused, with what words.

#![expect(clippy::unwrap_used, reason = "helpers of a test, which they stop")]

#[expect(dead_code, reason = "only the pooler of it is used here")]
mod wire;

use serde_json::{Value, json};
use std::sync::Arc;
use topchef_server::resources::{Job, JobParameters, JobResults, JobSet, Service};
use topchef_tests::{Finished, Kind, Launch, Scratch, Server, lab};

/// What the steps make, in an order in which it can be dropped.
const TABLES: &[&str] = &[
    "topchef_outbox",
    "topchef_idempotency_keys",
    "job_results",
    "job_parameters",
    "jobs",
    "job_sets",
    "services",
];
const FIRST: &str = "0001_services_and_jobs";

/// A run of `migrate` over a database.
fn migrate(database: &Scratch) -> Finished {
    let address = database.address();
    Launch::bare()
        .arguments(["migrate", "--database", &address])
        .run()
}

/// A database that the server has used and left, with a job in it, whose id is given.
async fn used() -> (Arc<Scratch>, String) {
    let mut server = Server::start();
    let (_, job) = lab::service_and_job(&server.api()).await;
    assert_eq!(server.terminate().code(), Some(0));
    (Arc::clone(server.launch().database()), job)
}

fn assert_refused(run: &Finished, words: &[&str]) {
    assert_eq!(run.code, Some(1), "{run:?}");
    for word in words {
        assert!(run.stderr.contains(word), "{word:?} is not said: {run:?}");
    }
    assert!(!run.stdout.contains("listening on"), "{run:?}");
}

/// Asserts that neither command takes the database, with these words, and that nothing is lost by it.
async fn assert_refused_by_both(database: Arc<Scratch>, words: &[&str], cure: &str, job: &str) {
    let serve = || Launch::serve_over(Arc::clone(&database));
    assert_refused(&serve().run(), words);
    assert_refused(&migrate(&database), words);
    database.execute(cure);
    lab::job(&serve().start().api(), job).await;
}

#[tokio::test]
async fn the_tables_are_those_of_the_resources_whoever_makes_them() {
    let served = Server::start();
    let migrated = Scratch::new();
    assert_eq!(migrate(&migrated).code, Some(0));
    for scratch in [served.launch().database(), &migrated] {
        let database = scratch.open().await;
        let drifts = database
            .compare::<(Service, JobSet, Job, JobParameters, JobResults)>()
            .await
            .unwrap();
        assert_eq!(drifts, []);
    }
}

/// The columns and indexes of the runtime's own tables, one a text.
fn own_tables(database: &Scratch) -> Vec<String> {
    database.texts(match Kind::of_this_run() {
        Kind::Sqlite => {
            "SELECT concat_ws(' ', m.name, c.name, lower(c.type), c.\"notnull\", c.dflt_value, c.pk)
             FROM sqlite_schema m JOIN pragma_table_info(m.name) c
             WHERE m.type = 'table' AND m.name LIKE 'topchef!_%' ESCAPE '!'
             UNION ALL
             SELECT concat_ws(' ', l.name, l.\"unique\", l.partial, c.name)
             FROM sqlite_schema m JOIN pragma_index_list(m.name) l JOIN pragma_index_info(l.name) c
             WHERE m.type = 'table' AND m.name LIKE 'topchef!_%' ESCAPE '!'
             ORDER BY 1"
        }
        Kind::Postgres => {
            "SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default, is_identity)
             FROM information_schema.columns WHERE table_name LIKE 'topchef!_%' ESCAPE '!'
             UNION ALL
             SELECT indexdef FROM pg_indexes WHERE tablename LIKE 'topchef!_%' ESCAPE '!'
             ORDER BY 1"
        }
    })
}

#[tokio::test]
async fn the_runtimes_own_tables_are_those_that_it_would_make() {
    let (migrated, prepared) = (Scratch::new(), Scratch::new());
    assert_eq!(migrate(&migrated).code, Some(0));
    prepared.open().await.prepare().await.unwrap();
    let tables = own_tables(&migrated);
    assert!(tables.len() > 20, "{tables:?}");
    assert_eq!(tables, own_tables(&prepared));
}

#[tokio::test]
async fn an_older_database_is_served_only_after_it_was_brought_forward() {
    let (database, _) = used().await;
    for table in TABLES {
        database.execute(&format!("DROP TABLE {table}"));
    }
    database.execute("DELETE FROM _sqlx_migrations");
    let run = Launch::serve_over(Arc::clone(&database)).run();
    let words = ["older than this program", FIRST, "`topchef-server migrate`"];
    assert_refused(&run, &words);
    let taken = "SELECT description FROM _sqlx_migrations";
    assert_eq!(
        database.texts(taken),
        [""; 0],
        "it was brought forward unasked"
    );
    for _ in 0..2 {
        let run = migrate(&database);
        assert_eq!(run.code, Some(0), "{run:?}");
    }
    let server = Launch::serve_over(database).start();
    lab::service_and_job(&server.api()).await;
}

/// The first step's text for the database of this run.
fn first_step() -> &'static str {
    match Kind::of_this_run() {
        Kind::Sqlite => {
            include_str!("../../topchef-server/src/migrations/sqlite/0001_services_and_jobs.sql")
        }
        Kind::Postgres => {
            include_str!("../../topchef-server/src/migrations/postgres/0001_services_and_jobs.sql")
        }
    }
}

/// What stores jobs as the first step's tables have them, one in each status, with that number as the end of their ids.
fn old_jobs() -> String {
    let jobs = [
        ("REGISTERED", "NULL"),
        ("WORKING", "NULL"),
        ("COMPLETED", "'{\"mass_mg\": 1.5}'"),
        ("ERROR", "'{\"mass_mg\":2}'"),
    ];
    let inserts = jobs.into_iter().enumerate().map(|(number, (status, results))| {
        let (id, date) = match Kind::of_this_run() {
            Kind::Sqlite => (
                format!("x'{number:032x}'"),
                "2026-11-01T10:00:00.000001+00:00",
            ),
            Kind::Postgres => (format!("'{number:032x}'"), "2026-11-01 10:00:00.000001+00"),
        };
        format!(
            "INSERT INTO jobs SELECT {id}, id, '{status}', '{{\"rpm\":  500}}', {results}, '{date}' FROM services;"
        )
    });
    inserts.collect()
}

#[tokio::test]
async fn the_jobs_of_an_older_database_are_what_they_were() {
    let (database, _) = used().await;
    for table in ["job_results", "job_parameters", "jobs", "job_sets"] {
        database.execute(&format!("DROP TABLE {table}"));
    }
    let (_, jobs) = first_step().split_once(");\n").unwrap();
    database.execute(jobs);
    database.execute(&old_jobs());
    database.execute("DELETE FROM _sqlx_migrations WHERE version > 2");
    let run = Launch::serve_over(Arc::clone(&database)).run();
    assert_refused(&run, &["older than this program", "0003_narrow_jobs"]);
    assert_eq!(migrate(&database).code, Some(0));
    let server = Launch::serve_over(database).start();
    let api = server.api();
    for (number, (status, results)) in [
        ("REGISTERED", Value::Null),
        ("WORKING", Value::Null),
        ("COMPLETED", json!({"mass_mg": 1.5})),
        ("ERROR", json!({"mass_mg": 2})),
    ]
    .into_iter()
    .enumerate()
    {
        let id = uuid::Uuid::from_u128(number as u128).to_string();
        let due = json!({
            "id": id, "status": status, "parameters": {"rpm": 500}, "results": results,
            "date_submitted": "2026-11-01T10:00:00.000001+00:00",
        });
        assert_eq!(lab::job(&api, &id).await, due);
        // What was stored is what the rest of the program expects: it goes on from there.
        let again = json!({"status": "REGISTERED"});
        let moved = api.patch(&format!("/jobs/{id}"), &again).await.expect(200);
        assert_eq!(moved.json()["results"], results);
    }
    let list = api.get("/jobs?status=REGISTERED").await.expect(200).json();
    assert_eq!(lab::ids(&list["data"]).len(), 4);
}

#[tokio::test]
async fn a_newer_database_is_refused() {
    let (database, job) = used().await;
    database.execute(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
        SELECT 4711, 'from the future', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1",
    );
    let words = ["newer than this program", "4711"];
    let cure = "DELETE FROM _sqlx_migrations WHERE version = 4711";
    assert_refused_by_both(database, &words, cure, &job).await;
}

#[tokio::test]
async fn a_database_that_took_another_step_is_refused() {
    let (database, job) = used().await;
    let other = match Kind::of_this_run() {
        Kind::Sqlite => "x'00'",
        Kind::Postgres => "'\\x00'",
    };
    database
        .execute("CREATE TABLE kept AS SELECT checksum FROM _sqlx_migrations WHERE version = 1");
    database.execute(&format!(
        "UPDATE _sqlx_migrations SET checksum = {other} WHERE version = 1"
    ));
    let cure =
        "UPDATE _sqlx_migrations SET checksum = (SELECT checksum FROM kept) WHERE version = 1";
    assert_refused_by_both(database, &[FIRST, "is another"], cure, &job).await;
}

#[tokio::test]
async fn a_database_with_half_a_step_is_refused() {
    let (database, job) = used().await;
    let set =
        |success| format!("UPDATE _sqlx_migrations SET success = {success} WHERE version = 1");
    database.execute(&set("FALSE"));
    assert_refused_by_both(database, &[FIRST, "not finished"], &set("TRUE"), &job).await;
}

/// Nothing of somebody else's is touched, and nothing of ours stands beside it.
#[tokio::test]
async fn a_database_with_tables_of_these_names_is_refused() {
    let database = Arc::new(Scratch::new());
    database.execute("CREATE TABLE jobs (title text)");
    for run in [
        Launch::serve_over(Arc::clone(&database)).run(),
        migrate(&database),
    ] {
        assert_refused(&run, &[FIRST, "already exists"]);
    }
    database.execute("CREATE TABLE services (title text); CREATE TABLE _sqlx_migrations (x text)");
}

#[tokio::test]
async fn several_that_begin_at_once_on_a_new_database_all_go_on() {
    for _ in 0..4 {
        let database = Arc::new(Scratch::new());
        let begin = |number| {
            let database = Arc::clone(&database);
            std::thread::spawn(move || {
                if number % 2 == 0 {
                    Some(Launch::serve_over(database).start())
                } else {
                    let run = migrate(&database);
                    assert_eq!(run.code, Some(0), "{run:?}");
                    None
                }
            })
        };
        let started: Vec<_> = (0..4).map(begin).collect();
        let servers = started.into_iter().filter_map(|it| it.join().unwrap());
        let servers: Vec<_> = servers.collect();
        let (_, job) = lab::service_and_job(&servers[0].api()).await;
        for server in &servers {
            lab::job(&server.api(), &job).await;
        }
    }
}

#[tokio::test]
async fn waiting_jobs_are_found_by_an_index_and_not_sorted() {
    if !Kind::Postgres.is_of_this_run("the plan of SQLite is looked at by the server's own tests") {
        return;
    }
    let server = Server::start();
    let select = "SELECT id FROM jobs WHERE service_id = (SELECT id FROM services) AND state < 4 AND state = 0 ORDER BY priority DESC, run_at, id LIMIT 1";
    // A planner that knows of no rows would read all of them.
    let explain =
        format!("SET enable_seqscan = off; SET enable_bitmapscan = off; EXPLAIN {select}");
    let plan = server.launch().database().texts(&explain).join("\n");
    assert!(plan.contains("using jobs_open"), "{plan}");
    assert!(!plan.contains("Sort"), "{plan}");
}

/// Two connections serve all of them, each for one transaction at a time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_of_it_works_behind_a_pooler() {
    if !Kind::Postgres.is_of_this_run("a pooler stands before a PostgreSQL") {
        return;
    }
    let database = Scratch::new();
    let Some(bouncer) = wire::Bouncer::before(&database.address()).await else {
        return;
    };
    let address = format!("{}?statement-cache-capacity=0", bouncer.address());
    let begin = |_| {
        let address = address.clone();
        std::thread::spawn(move || Launch::serve_at(&address).start())
    };
    let started: Vec<_> = (0..3).map(begin).collect();
    let servers: Vec<_> = started.into_iter().map(|it| it.join().unwrap()).collect();
    let run = Launch::bare()
        .arguments(["migrate", "--database", &address])
        .run();
    assert_eq!(run.code, Some(0), "{run:?}");
    for server in &servers {
        let (_, job) = lab::service_and_job(&server.api()).await;
        for server in &servers {
            lab::job(&server.api(), &job).await;
        }
    }
}
