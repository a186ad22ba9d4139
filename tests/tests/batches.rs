//! Requests of one form that are on their way at once: each is answered for itself, whichever of them fail, wait or are
//! ended. On PostgreSQL they are run in batches, on SQLite they share commits.

#![expect(
    clippy::unwrap_used,
    reason = "what a test's helpers cannot do stops the test"
)]

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chrono::NaiveTime;
use serde_json::{Value, json};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};
use topchef_runtime::database::Statistics;
use topchef_runtime::{Api as Resourceful, Database, ModelResource};

use topchef_tests::local::{Local, Served};
use topchef_tests::{Answer, Api, Kind, Scratch};

/// More than are on their way by themselves, whatever the machine.
const CLIENTS: usize = 48;

/// How often each of them does something.
const ROUNDS: usize = 10;

/// A card; its name is unique, and every change counts.
#[derive(Clone, Debug, ModelResource)]
struct Card {
    id: i64,
    #[resource(unique)]
    name: String,
    #[resource(index)]
    points: i64,
    #[resource(version)]
    version: i64,
}

/// A place on two axes.
#[derive(Clone, Debug, ModelResource)]
struct Place {
    #[resource(primary_key)]
    x: i64,
    #[resource(primary_key)]
    y: String,
    note: Option<String>,
}

async fn cards() -> Local {
    Local::start::<(Card, Place)>(|api| api.resource::<Card>().resource::<Place>()).await
}

/// Cards over `PostgreSQL` as it is set up here; nothing where the run is on another database.
async fn on_postgres(setup: &str, batch: usize) -> Option<(Scratch, Database, Served)> {
    if !Kind::Postgres.is_of_this_run("SQLite runs each statement by itself") {
        return None;
    }
    let scratch = Scratch::new();
    let database = Database::postgres(scratch.address()).batch(batch);
    let database = database.open().await.unwrap();
    database.create_tables::<(Card, Place)>().await.unwrap();
    scratch.execute(setup);
    let api = Resourceful::new(database.clone());
    let served = Served::new(api.resource::<Card>().resource::<Place>()).await;
    Some((scratch, database, served))
}

/// How many statements were in batches.
fn batched(database: &Database) -> u64 {
    match database.statistics() {
        Statistics::Postgres(statistics) => {
            assert!(statistics.batched_statements >= statistics.batches * 2);
            statistics.batched_statements
        }
        _ => 0,
    }
}

/// What each of many clients comes to, all at once.
async fn all<T, F>(clients: usize, client: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let mut running = JoinSet::new();
    for number in 0..clients {
        let answered = client(number);
        running.spawn(async move { (number, answered.await) });
    }
    let mut answers = running.join_all().await;
    answers.sort_by_key(|(number, _)| *number);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

/// The record in an answer.
fn record(answer: Answer, status: u16) -> Value {
    answer.expect(status).json()["data"].take()
}

async fn post(api: Api, name: String, points: usize) -> Answer {
    let body = json!({"name": name, "points": points});
    api.post("/cards", &body).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_of_many_requests_is_answered_for_itself() {
    let served = cards().await;
    let api = served.api();
    for round in 0..ROUNDS {
        let posted = all(CLIENTS, |number| {
            post(api.clone(), format!("{round} {number}"), number)
        });
        let mut ids = Vec::new();
        for (number, answer) in posted.await.into_iter().enumerate() {
            let card = record(answer, 201);
            assert_eq!(card["name"], format!("{round} {number}"));
            assert_eq!(card["points"], number);
            ids.push(card["id"].as_i64().unwrap());
        }
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), CLIENTS);

        // Reads of what is there, of what is not, and twice the same.
        let read = all(CLIENTS, |number| {
            let (api, id) = (api.clone(), ids[number / 2 * 2]);
            let id = if number % 8 == 7 { -id } else { id };
            async move { (id, api.get(&format!("/cards/{id}")).await) }
        });
        for (id, answer) in read.await {
            if id < 0 {
                answer.problem(404);
            } else {
                assert_eq!(record(answer, 200)["id"], id);
            }
        }

        let changed = all(CLIENTS, |number| {
            let (api, id) = (api.clone(), ids[number]);
            let body = json!({"points": 1000 + number});
            async move { (id, api.patch(&format!("/cards/{id}"), &body).await) }
        });
        for (number, (id, answer)) in changed.await.into_iter().enumerate() {
            let card = record(answer, 200);
            assert_eq!(
                (&card["id"], &card["points"]),
                (&json!(id), &json!(1000 + number))
            );
        }

        // Each is removed by two, of which one finds it gone.
        let removed = all(CLIENTS, |number| {
            let (api, id) = (api.clone(), ids[number / 2]);
            async move { (id, api.delete(&format!("/cards/{id}")).await.status) }
        });
        let mut removed = removed.await;
        removed.sort_unstable();
        for pair in removed.chunks(2) {
            assert_eq!([pair[0].1, pair[1].1], [204, 404], "{pair:?}");
        }
    }
    let left = served.scratch().texts("SELECT name FROM cards");
    assert_eq!(left.len(), CLIENTS / 2 * ROUNDS);
    let is_shared = Kind::of_this_run() == Kind::Postgres;
    assert_eq!(batched(served.database()) > 0, is_shared);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_refused_takes_nothing_along() {
    let served = cards().await;
    let api = served.api();
    post(api.clone(), "taken".to_owned(), 0).await.expect(201);
    for round in 0..ROUNDS {
        let answers = all(CLIENTS, |number| {
            let name = match number % 6 {
                0 => "taken".to_owned(),
                // Two of a name in one round.
                1 | 2 => format!("{round} twin {}", number / 6),
                _ => format!("{round} {number}"),
            };
            post(api.clone(), name, number)
        });
        let answers = answers.await;
        for (number, answer) in answers.iter().enumerate() {
            match number % 6 {
                0 => {
                    let faults = answer.problem(409);
                    assert_eq!(faults[0].pointer.as_deref(), Some("/name"), "{faults:?}");
                }
                1 => {
                    let twins = [answer.status, answers[number + 1].status];
                    assert!([[201, 409], [409, 201]].contains(&twins), "{twins:?}");
                }
                2 => {}
                _ => assert_eq!(answer.status, 201, "{answer:?}"),
            }
        }
    }
    let names = served.scratch().texts("SELECT name FROM cards");
    // Three of six and one of each pair.
    assert_eq!(names.len(), 1 + ROUNDS * CLIENTS / 6 * 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_changes_of_one_row_none_is_lost() {
    let served = cards().await;
    let api = served.api();
    for name in ["one", "two"] {
        post(api.clone(), name.to_owned(), 0).await.expect(201);
    }
    let versions = all(CLIENTS, |number| {
        let api = api.clone();
        async move {
            let mut versions = Vec::new();
            for round in 0..ROUNDS {
                // Both rows, in either order.
                for id in [1 + number % 2, 2 - number % 2] {
                    let body = json!({"points": round});
                    let answer = api.patch(&format!("/cards/{id}"), &body).await;
                    versions.push((id, record(answer, 200)["version"].as_u64().unwrap()));
                }
            }
            versions
        }
    });
    let versions: BTreeSet<_> = versions.await.into_iter().flatten().collect();
    // Each change is another version.
    assert_eq!(versions.len(), CLIENTS * ROUNDS * 2);
    for id in 1..=2 {
        let card = record(api.get(&format!("/cards/{id}")).await, 200);
        assert_eq!(card["version"], 1 + CLIENTS * ROUNDS);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_of_several_columns_are_told_apart() {
    let served = cards().await;
    let api = served.api();
    let path = |number: usize| format!("/places/{}/{}", number % 7, number / 7);
    let made = all(CLIENTS, |number| {
        let (api, path) = (api.clone(), path(number));
        async move { api.put(&path, &json!({"note": path})).await }
    });
    for answer in made.await {
        answer.expect(201);
    }
    for _ in 0..5 {
        let changed = all(CLIENTS, |number| {
            let (api, path) = (api.clone(), path(number));
            async move { (api.patch(&path, &json!({"note": path})).await, path) }
        });
        for (answer, path) in changed.await {
            assert_eq!(record(answer, 200)["note"], path);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_that_another_holds_is_waited_for_by_those_who_want_it() {
    let Some((_scratch, database, served)) = on_postgres("SELECT 1", 8).await else {
        return;
    };
    let api = served.api();
    for number in 0..CLIENTS {
        post(api.clone(), number.to_string(), 0).await.expect(201);
    }
    let mut tx = database.transaction().await.unwrap();
    assert!(tx.get::<Card>(1).await.unwrap().is_some());
    let patch = |api: &Api, id: usize| {
        let (api, body) = (api.clone(), json!({"points": id}));
        async move { api.patch(&format!("/cards/{id}"), &body).await.status }
    };
    let (wanting, others) = (api.clone(), api.clone());
    let wanting = tokio::spawn(all(4, move |_| patch(&wanting, 1)));
    // Among those who want the row, and after them, until some went in a batch.
    let before = Instant::now();
    while batched(&database) == 0 {
        let answers = all(CLIENTS - 1, |number| patch(&others, 2 + number)).await;
        assert_eq!(answers, vec![200; CLIENTS - 1]);
        assert!(before.elapsed() < Duration::from_secs(5));
    }
    assert!(!wanting.is_finished());
    tx.commit().await.unwrap();
    assert_eq!(wanting.await.unwrap(), vec![200; 4]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_who_wait_for_one_row_change_it_in_the_end() {
    let Some((_scratch, database, served)) = on_postgres("SELECT 1", 8).await else {
        return;
    };
    let api = served.api();
    post(api.clone(), "held".to_owned(), 0).await.expect(201);
    for _ in 0..ROUNDS * 4 {
        let mut tx = database.transaction().await.unwrap();
        assert!(tx.get::<Card>(1).await.unwrap().is_some());
        let wanting = all(8, |number| {
            let (api, body) = (api.clone(), json!({"points": number}));
            async move { api.patch("/cards/1", &body).await.status }
        });
        let held = async {
            sleep(Duration::from_millis(50)).await;
            tx.commit().await.unwrap();
        };
        let (answers, ()) = tokio::join!(wanting, held);
        assert_eq!(answers, [200; 8]);
    }
}

/// Has another hold the table for some seconds, and comes back when it does; the task ends when it no longer does.
async fn hold_cards(scratch: &Arc<Scratch>, seconds: u32) -> JoinHandle<()> {
    let lock = format!(
        "BEGIN; LOCK TABLE cards IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep({seconds}); COMMIT"
    );
    let other = Arc::clone(scratch);
    let holder = tokio::task::spawn_blocking(move || other.execute(&lock));
    let is_held = "SELECT mode FROM pg_locks WHERE relation = 'cards'::regclass \
        AND mode = 'AccessExclusiveLock' AND granted";
    while scratch.texts(is_held).is_empty() {
        sleep(Duration::from_millis(10)).await;
    }
    holder
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_that_another_holds_is_waited_for() {
    let Some((scratch, _database, served)) = on_postgres("SELECT 1", 8).await else {
        return;
    };
    let (api, scratch) = (served.api(), Arc::new(scratch));
    post(api.clone(), "first".to_owned(), 0).await.expect(201);
    let holder = hold_cards(&scratch, 2).await;
    let answers = all(CLIENTS, |number| {
        let api = api.clone();
        async move {
            if number % 2 == 0 {
                api.get("/cards/1").await
            } else {
                post(api, number.to_string(), 0).await
            }
        }
    });
    for (number, answer) in answers.await.into_iter().enumerate() {
        let expected = if number % 2 == 0 { 200 } else { 201 };
        assert_eq!(answer.status, expected, "{answer:?}");
        assert!(answer.took > Duration::from_millis(200), "{answer:?}");
    }
    holder.await.unwrap();
}

/// A database of two connections, for each of which a request waits half a second.
async fn of_two_connections() -> Option<(Arc<Scratch>, Database, Served)> {
    if !Kind::Postgres.is_of_this_run("SQLite has no connections to wait for") {
        return None;
    }
    let scratch = Scratch::new();
    let options = Database::postgres(scratch.address())
        .connections(2)
        .acquire_timeout(Duration::from_millis(500));
    let database = options.open().await.unwrap();
    database.create_tables::<Card>().await.unwrap();
    let served = Served::new(Resourceful::new(database.clone()).resource::<Card>()).await;
    Some((Arc::new(scratch), database, served))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_for_connections_that_are_used_up_is_told_in_time() {
    let Some((scratch, _database, served)) = of_two_connections().await else {
        return;
    };
    let api = served.api();
    post(api.clone(), "first".to_owned(), 0).await.expect(201);
    let holder = Arc::new(hold_cards(&scratch, 5).await);
    let answers = all(CLIENTS, |_| {
        let (api, holder) = (api.clone(), Arc::clone(&holder));
        async move { (api.get("/cards/1").await, holder.is_finished()) }
    });
    let mut told = 0;
    for (answer, is_over) in answers.await {
        match answer.status {
            200 => {}
            503 => {
                assert!(!is_over, "{answer:?}");
                told += 1;
            }
            _ => panic!("{answer:?}"),
        }
    }
    assert!(told >= CLIENTS - 8, "{told}");
    let after = all(CLIENTS, |_| {
        let api = api.clone();
        async move { api.get("/cards/1").await.status }
    });
    assert_eq!(after.await, vec![200; CLIENTS]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_given_up_while_it_waits_is_not_run() {
    let Some((scratch, _database, served)) = of_two_connections().await else {
        return;
    };
    let api = served.api();
    let holder = hold_cards(&scratch, 3).await;
    let given_up = all(CLIENTS, |number| {
        let posted = post(api.clone(), number.to_string(), 0);
        async move { timeout(Duration::from_millis(200), posted).await.is_err() }
    });
    assert_eq!(given_up.await, vec![true; CLIENTS]);
    holder.await.unwrap();
    post(api, "after".to_owned(), 0).await.expect(201);
    // What was on a connection by then may stand.
    assert!(scratch.texts("SELECT name FROM cards").len() <= 1 + 2);
}

/// Something that is known by its time.
#[derive(Clone, Debug, ModelResource)]
struct Event {
    #[resource(primary_key)]
    time: NaiveTime,
    note: String,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_that_the_database_alone_holds_to_be_the_same_lose_no_change() {
    if !Kind::Postgres.is_of_this_run("SQLite tells all times apart") {
        return;
    }
    let served = Local::start::<Event>(Resourceful::resource::<Event>).await;
    let api = served.api();
    let event = json!({"time": "20:00:00.000001", "note": "new"});
    api.post("/events", &event).await.expect(201);
    for round in 0..ROUNDS {
        let changed = all(CLIENTS, |number| {
            let api = api.clone();
            // There are no parts of a microsecond there.
            let path = format!("/events/20:00:00.000001{:03}", number % 8);
            let body = json!({"note": format!("{round} {number}")});
            async move { (api.patch(&path, &body).await, number) }
        });
        for (answer, number) in changed.await {
            let note = format!("{round} {number}");
            assert_eq!(record(answer, 200)["note"], note);
        }
    }
}

/// Refuses cards without points, and says so in words of its own.
const TRIGGER: &str = "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS \
    $$ BEGIN IF NEW.points = 0 THEN RAISE EXCEPTION 'no points'; END IF; RETURN NEW; END $$; \
    CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON cards FOR EACH ROW EXECUTE FUNCTION refuse()";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trigger_that_refuses_one_refuses_that_one() {
    let Some((_scratch, _database, served)) = on_postgres(TRIGGER, 8).await else {
        return;
    };
    let api = served.api();
    for round in 0..5 {
        let answers = all(CLIENTS, |number| {
            post(api.clone(), format!("{round} {number}"), number % 4)
        });
        for (number, answer) in answers.await.into_iter().enumerate() {
            let expected = if number % 4 == 0 { 500 } else { 201 };
            assert_eq!(answer.status, expected, "{answer:?}");
            assert!(!answer.text.contains("no points"));
        }
    }
}

/// A rule that PostgreSQL does not run in a batch.
const RULE: &str = "CREATE TABLE seen (name text); CREATE RULE seen AS ON INSERT TO cards \
    DO ALSO INSERT INTO seen VALUES (NEW.name)";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_database_does_not_run_in_batches_is_run_one_by_one() {
    let Some((scratch, database, served)) = on_postgres(RULE, 8).await else {
        return;
    };
    let api = served.api();
    for round in 0..3 {
        let answers = all(CLIENTS, |number| {
            post(api.clone(), format!("{round} {number}"), number)
        });
        for answer in answers.await {
            answer.expect(201);
        }
    }
    assert_eq!(batched(&database), 0);
    let names = scratch.texts("SELECT name FROM seen");
    assert_eq!(names.len(), CLIENTS * 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_of_one_is_none() {
    let Some((_scratch, database, served)) = on_postgres("SELECT 1", 1).await else {
        return;
    };
    let api = served.api();
    let answers = all(CLIENTS, |number| post(api.clone(), number.to_string(), 0));
    for answer in answers.await {
        answer.expect(201);
    }
    assert_eq!(batched(&database), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_those_whose_connection_is_ended_each_that_was_answered_stands() {
    let Some((scratch, _database, served)) = on_postgres("SELECT 1", 8).await else {
        return;
    };
    let api = served.api();
    let is_over = Arc::new(AtomicBool::new(false));
    let over = Arc::clone(&is_over);
    let killing = async {
        for _ in 0..15 {
            sleep(Duration::from_millis(100)).await;
            scratch.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                 WHERE datname = current_database() AND pid <> pg_backend_pid()",
            );
        }
        over.store(true, Ordering::Relaxed);
    };
    let posting = all(CLIENTS, |number| {
        let (api, is_over) = (api.clone(), Arc::clone(&is_over));
        async move {
            let (mut made, mut unknown) = (Vec::new(), Vec::new());
            let mut count = 0;
            while !is_over.load(Ordering::Relaxed) {
                count += 1;
                let name = format!("{number} {count}");
                let answer = post(api.clone(), name.clone(), count).await;
                match answer.status {
                    201 => made.push((name, record(answer, 201))),
                    503 => unknown.push(name),
                    other => panic!("{other}: {answer:?}"),
                }
            }
            (made, unknown)
        }
    });
    let (posted, ()) = tokio::join!(posting, killing);
    let stored = scratch.texts("SELECT name FROM cards");
    let names: BTreeSet<&str> = stored.iter().map(String::as_str).collect();
    assert_eq!(names.len(), stored.len());
    let mut known = 0;
    let mut unknown: BTreeSet<&str> = BTreeSet::new();
    for (made, doubtful) in &posted {
        for (name, card) in made {
            assert_eq!(&card["name"], name);
            assert!(names.contains(name.as_str()), "{name} is gone");
            known += 1;
        }
        unknown.extend(doubtful.iter().map(String::as_str));
    }
    let others = names.iter().filter(|name| unknown.contains(*name)).count();
    assert_eq!(known + others, names.len());
    assert!(known > 0);
}
