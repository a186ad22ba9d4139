//! What is PostgreSQL's alone: what goes over the wire, connections that are lost, conflicts, time, and tables of others.
//!
//! All else is tested by the suites that run on either database.

#![expect(
    clippy::unwrap_used,
    reason = "what a test's helpers cannot do stops the test"
)]

mod wire;

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::json;
use tokio::time::{sleep, timeout};
use topchef_runtime::database::PostgresOptions;
use topchef_runtime::{Database, ModelResource, Report};

use topchef_tests::local::Served;
use topchef_tests::{Kind, Scratch, skip};

use wire::{Bouncer, Wire};

/// A note; its title is unique.
#[derive(Clone, Debug, ModelResource)]
#[resource(collection(sort = [id, title, stars], filter = [title, stars]))]
struct Note {
    id: i64,
    #[resource(unique)]
    title: String,
    stars: Option<i64>,
    moment: Option<DateTime<Utc>>,
}

/// A vote for a note, in an order that its index holds up to the key.
#[derive(Clone, Debug, ModelResource)]
#[resource(collection(order_by = [-stars, -id]))]
struct Vote {
    id: i64,
    stars: i64,
}

/// A remark on a note, and on another remark.
#[derive(Clone, Debug, ModelResource)]
struct Remark {
    id: i64,
    #[resource(references = Note)]
    note_id: i64,
    #[resource(references = Remark)]
    above_id: Option<i64>,
}

fn note(title: &str) -> Note {
    Note {
        id: 0,
        title: title.to_owned(),
        stars: None,
        moment: None,
    }
}

/// A new database; nothing, and a word of it, where there is no server.
fn scratch() -> Option<Scratch> {
    if std::env::var_os("TOPCHEF_TEST_POSTGRES").is_none_or(|address| address.is_empty()) {
        skip("there is no PostgreSQL for what is PostgreSQL's alone");
        return None;
    }
    Some(Scratch::of(Kind::Postgres))
}

async fn opened(options: PostgresOptions) -> Database {
    let database = options.open().await.unwrap();
    database.create_tables::<(Remark, Note)>().await.unwrap();
    database
}

async fn serve(database: &Database) -> Served {
    let api = topchef_runtime::Api::new(database.clone());
    Served::new(api.resource::<Note>().resource::<Remark>()).await
}

fn status(report: &Report) -> u16 {
    report.status().as_u16()
}

#[tokio::test]
async fn a_post_without_hooks_is_one_statement_that_commits_by_itself() {
    let Some(scratch) = scratch() else { return };
    let wire = Wire::to(&scratch.address());
    let database = opened(Database::postgres(wire.address()).connections(1)).await;
    let served = serve(&database).await;
    let api = served.api();
    api.post("/notes", &json!({"title": "prepared"}))
        .await
        .expect(201);
    sleep(Duration::from_millis(50)).await;
    wire.take();
    api.post("/notes", &json!({"title": "one"}))
        .await
        .expect(201);
    // Bound, executed and closed before one Sync; the driver asks with another one whether the connection is in order.
    sleep(Duration::from_millis(50)).await;
    let sent = wire.take();
    assert_eq!(sent[..4], ["B", "E", "C", "S"]);
    assert!(sent[4..].iter().all(|message| message == "S"), "{sent:?}");
    api.get("/notes/1").await.expect(200);
    api.patch("/notes/1", &json!({"stars": 3}))
        .await
        .expect(200);
    assert!(wire.take().iter().all(|sent| !sent.starts_with('Q')));
}

#[tokio::test]
async fn connections_that_the_server_ended_are_replaced() {
    let Some(scratch) = scratch() else { return };
    let database = opened(Database::postgres(scratch.address()).connections(4)).await;
    let served = serve(&database).await;
    let api = served.api();
    for round in 0..4 {
        let reads = (0..4).map(|_| {
            let api = api.clone();
            tokio::spawn(async move { api.get("/notes").await.expect(200) })
        });
        for read in reads.collect::<Vec<_>>() {
            read.await.unwrap();
        }
        // At once, or after a time in which a connection is no longer trusted.
        sleep(Duration::from_millis(50 + 1000 * (round % 2))).await;
        scratch.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        );
        if round < 2 {
            api.get("/notes").await.expect(200);
        }
        let title = format!("note {round}");
        api.post("/notes", &json!({"title": title}))
            .await
            .expect(201);
    }
    assert_eq!(scratch.texts("SELECT title FROM notes").len(), 4);
}

#[tokio::test]
async fn a_pool_that_is_used_up_is_said_and_recovers() {
    let Some(scratch) = scratch() else { return };
    let options = Database::postgres(scratch.address()).connections(1);
    let database = opened(options.acquire_timeout(Duration::from_millis(200))).await;
    let served = serve(&database).await;
    let api = served.api();
    let held = database.transaction().await.unwrap();
    assert_eq!(status(&database.transaction().await.unwrap_err()), 503);
    for answer in [
        api.get("/notes").await,
        api.post("/notes", &json!({"title": "a"})).await,
    ] {
        assert_eq!(answer.header("retry-after"), Some("1"));
        answer.problem(503);
    }
    drop(held);
    api.get("/notes").await.expect(200);
    api.post("/notes", &json!({"title": "a"})).await.expect(201);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_said_without_the_password() {
    let secret = "correct-horse";
    let port = topchef_tests::free_port();
    let url = format!("postgres://ada:{secret}@127.0.0.1:{port}/books");
    let error = Database::postgres(url).open().await.unwrap_err();
    let cause = std::error::Error::source(&error)
        .expect("a cause")
        .to_string();
    assert!(cause.contains(&format!("127.0.0.1:{port}")), "{cause}");
    assert!(!format!("{error} {error:?} {cause}").contains(secret));
}

#[tokio::test]
async fn a_statement_that_fails_undoes_nothing_else() {
    let Some(scratch) = scratch() else { return };
    let database = opened(Database::postgres(scratch.address())).await;
    let mut tx = database.transaction().await.unwrap();
    tx.insert(&note("one")).await.unwrap();
    let refused = tx.insert(&note("one")).await.unwrap_err();
    assert_eq!(status(&refused), 409);
    let mut two = tx.insert(&note("two")).await.unwrap();
    let refused = tx.insert(&note("two")).await.unwrap_err();
    assert_eq!(status(&refused), 409);
    two = tx.get::<Note>(two.id).await.unwrap().unwrap().clone();
    assert_eq!(two.title, "two");
    tx.insert(&note("three")).await.unwrap();
    tx.commit().await.unwrap();
    let titles = scratch.texts("SELECT title FROM notes ORDER BY id");
    assert_eq!(titles, ["one", "two", "three"]);
}

#[tokio::test]
async fn a_row_that_was_read_to_be_changed_stays_held_when_a_later_statement_fails() {
    let Some(scratch) = scratch() else { return };
    let database = opened(Database::postgres(scratch.address())).await;
    let mut tx = database.transaction().await.unwrap();
    let one = tx.insert(&note("one")).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = database.transaction().await.unwrap();
    tx.get::<Note>(one.id).await.unwrap().unwrap();
    let refused = tx.insert(&note("one")).await.unwrap_err();
    assert_eq!(status(&refused), 409);
    let mut other = database.transaction().await.unwrap();
    let mut waiting = Box::pin(other.get::<Note>(one.id));
    let early = timeout(Duration::from_millis(300), &mut waiting).await;
    assert!(early.is_err(), "it did not wait for who holds the row");
    tx.commit().await.unwrap();
    waiting.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_statement_that_was_given_up_is_heard_before_the_commit() {
    let Some(scratch) = scratch() else { return };
    let database = opened(Database::postgres(scratch.address())).await;
    // It waits for who makes the same record, and fails when nobody listens any more.
    for then in ["commit", "write", "read"] {
        let mut first = database.transaction().await.unwrap();
        first.insert(&note(then)).await.unwrap();
        let mut second = database.transaction().await.unwrap();
        let kept = format!("{then} of the second");
        second.insert(&note(&kept)).await.unwrap();
        let again = note(then);
        let waiting = second.insert(&again);
        let given_up = timeout(Duration::from_millis(200), waiting).await;
        assert!(given_up.is_err());
        first.commit().await.unwrap();
        match then {
            "write" => {
                let refused = second.insert(&note("another")).await.unwrap_err();
                assert_eq!(status(&refused), 503);
            }
            "read" => {
                second.select::<Note>().all().await.unwrap_err();
            }
            _ => {}
        }
        assert_eq!(status(&second.commit().await.unwrap_err()), 503);
    }
    // One that does not fail stands, as the rest does.
    let mut first = database.transaction().await.unwrap();
    first.get::<Note>(1).await.unwrap();
    let mut second = database.transaction().await.unwrap();
    second.insert(&note("beside")).await.unwrap();
    let waiting = second.get::<Note>(1);
    let given_up = timeout(Duration::from_millis(200), waiting).await;
    assert!(given_up.is_err());
    drop(first);
    second.commit().await.unwrap();
    let titles = scratch.texts("SELECT title FROM notes ORDER BY id");
    assert_eq!(titles, ["commit", "write", "read", "beside"]);
}

#[tokio::test]
async fn units_that_conflict_are_run_again() {
    let Some(scratch) = scratch() else { return };
    let address = scratch.address();
    let before = if address.contains('?') { '&' } else { '?' };
    let serializable =
        format!("{address}{before}options[default_transaction_isolation]=serializable");
    let database = opened(Database::postgres(serializable).connections(8)).await;
    let served = serve(&database).await;
    let api = served.api();
    api.post("/notes", &json!({"title": "shared"}))
        .await
        .expect(201);
    for round in 0..10 {
        let writes = (0..5).map(|number| {
            let api = api.clone();
            let stars = json!({"stars": round * 10 + number});
            tokio::spawn(async move { api.patch("/notes/1", &stars).await.expect(200) })
        });
        for write in writes.collect::<Vec<_>>() {
            write.await.unwrap();
        }
    }
    // What a hook's transaction does cannot be run again by itself: it is said that it can be.
    let (mut first, mut second) = (
        database.transaction().await.unwrap(),
        database.transaction().await.unwrap(),
    );
    second.select::<Note>().all().await.unwrap();
    let mut shared = first.get::<Note>(1).await.unwrap().unwrap();
    shared.set(Note::STARS, Some(1));
    first.save(&mut shared).await.unwrap();
    first.commit().await.unwrap();
    let refused = second.get::<Note>(1).await.unwrap_err();
    assert_eq!(status(&refused), 503);
}

#[tokio::test]
async fn of_many_that_put_the_same_record_one_makes_it() {
    let Some(scratch) = scratch() else { return };
    let database = opened(Database::postgres(scratch.address())).await;
    let served = serve(&database).await;
    for key in 1..20 {
        let puts = (0..6).map(|_| {
            let api = served.api();
            let body = json!({"title": format!("note {key}")});
            tokio::spawn(async move { api.put(&format!("/notes/{key}"), &body).await.status })
        });
        let mut made = 0;
        for put in puts.collect::<Vec<_>>() {
            match put.await.unwrap() {
                201 => made += 1,
                status => assert_eq!(status, 200),
            }
        }
        assert_eq!(made, 1);
    }
}

#[tokio::test]
async fn a_deadlock_ends_with_one_that_can_be_run_again() {
    let Some(scratch) = scratch() else { return };
    let database = opened(Database::postgres(scratch.address())).await;
    let mut tx = database.transaction().await.unwrap();
    for title in ["a", "b"] {
        tx.insert(&note(title)).await.unwrap();
    }
    tx.commit().await.unwrap();
    let crossing = [(1, 2), (2, 1)].map(|(first, second)| {
        let database = database.clone();
        tokio::spawn(async move {
            let mut tx = database.transaction().await.unwrap();
            tx.get::<Note>(first).await.unwrap();
            sleep(Duration::from_millis(200)).await;
            tx.get::<Note>(second).await.map(drop)
        })
    });
    let mut refused = 0;
    for one in crossing {
        if let Err(report) = one.await.unwrap() {
            assert_eq!(status(&report), 503);
            refused += 1;
        }
    }
    assert_eq!(refused, 1);
}

#[tokio::test]
async fn a_transaction_that_is_open_for_too_long_is_rolled_back_by_itself() {
    let Some(scratch) = scratch() else { return };
    let options = Database::postgres(scratch.address());
    let database = opened(options.transaction_timeout(Duration::from_millis(300))).await;
    let mut tx = database.transaction().await.unwrap();
    tx.insert(&note("kept from others")).await.unwrap();
    let other = database.clone();
    let waiting = tokio::spawn(async move {
        let mut tx = other.transaction().await.unwrap();
        sleep(Duration::from_millis(150)).await;
        // It waits for the first, which is idle, and goes on when that one's time is up.
        tx.insert(&note("kept from others")).await.map(drop)
    });
    sleep(Duration::from_millis(600)).await;
    let late = tx.insert(&note("late")).await.unwrap_err();
    assert_eq!(status(&late), 503);
    assert_eq!(status(&tx.commit().await.unwrap_err()), 503);
    let _ = waiting.await.unwrap();
    assert!(scratch.texts("SELECT title FROM notes").is_empty());
    let mut tx = database.transaction().await.unwrap();
    let slow = tx.select::<Note>().all();
    slow.await.unwrap();
    tx.insert(&note("in time")).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_request_that_is_given_up_leaves_no_open_transaction() {
    let Some(scratch) = scratch() else { return };
    let database = opened(Database::postgres(scratch.address()).connections(2)).await;
    for number in 0..60 {
        let title = format!("given up {number}");
        let given_up = async {
            let mut tx = database.transaction().await.unwrap();
            tx.insert(&note(&title)).await.unwrap();
            sleep(Duration::from_secs(10)).await;
        };
        let after = Duration::from_micros(100 * number);
        let _ = timeout(after, given_up).await;
        let served = database.find(Note::ID.eq(1)).await.unwrap();
        assert!(served.is_none());
    }
    let mut tx = database.transaction().await.unwrap();
    tx.insert(&note("kept")).await.unwrap();
    tx.commit().await.unwrap();
    sleep(Duration::from_millis(100)).await;
    assert_eq!(scratch.texts("SELECT title FROM notes"), ["kept"]);
    let open = "SELECT state FROM pg_stat_activity \
        WHERE datname = current_database() AND state LIKE 'idle in%'";
    assert!(scratch.texts(open).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_whose_runtime_ends_is_not_handed_on() {
    let Some(scratch) = scratch() else { return };
    let database = opened(Database::postgres(scratch.address()).connections(2)).await;
    for round in 0..5 {
        // Over a connection of this runtime.
        database.find(Note::ID.eq(1)).await.unwrap();
        let other = database.clone();
        let ended = tokio::task::spawn_blocking(move || {
            let runtime = tokio::runtime::Builder::new_current_thread();
            let runtime = { runtime }.enable_all().build().unwrap();
            let mut tx = runtime.block_on(other.transaction()).unwrap();
            runtime.block_on(tx.insert(&note("given up"))).unwrap();
            runtime.spawn(async move {
                let _held = tx;
                std::future::pending::<()>().await;
            });
        });
        ended.await.unwrap();
        let kept = note(&format!("kept {round}"));
        let stored = database.inserts().insert(&kept).unwrap().commit();
        stored.await.unwrap();
        let titles = scratch.texts("SELECT title FROM notes ORDER BY title");
        assert_eq!(titles.len(), round + 1, "{titles:?}");
    }
}

#[tokio::test]
async fn writes_in_transactions_go_on_when_a_table_was_changed() {
    let Some(scratch) = scratch() else { return };
    let database = opened(Database::postgres(scratch.address()).connections(10)).await;
    let served = serve(&database).await;
    let api = served.api();
    // Its key is stored with it, in the same transaction.
    let held = |title: String| {
        let api = served.api();
        async move {
            let request = api
                .request("POST", "/notes")
                .header("idempotency-key", title.replace(' ', "-"));
            api.send(request.json(&json!({"title": title})))
                .await
                .expect(201)
        }
    };
    for kind in ["integer", "smallint", "bigint"] {
        // All connections know the statement.
        let many = (0..20).map(|number| tokio::spawn(held(format!("{kind} {number}"))));
        for one in many.collect::<Vec<_>>() {
            one.await.unwrap();
        }
        scratch.execute(&format!("ALTER TABLE notes ALTER stars TYPE {kind}"));
        held(kind.to_owned()).await;
        api.patch("/notes/1", &json!({"title": format!("changed for {kind}")}))
            .await
            .expect(200);
    }
}

#[tokio::test]
async fn clients_that_leave_while_they_wait_do_not_use_the_pool_up() {
    let Some(scratch) = scratch() else { return };
    for statements in [0, 256] {
        let holder = opened(Database::postgres(scratch.address()).connections(1)).await;
        let options = Database::postgres(scratch.address()).statement_cache(statements);
        let database = opened(options.connections(2)).await;
        let served = serve(&database).await;
        let api = served.api();
        let title = format!("held {statements}");
        let made = api.post("/notes", &json!({"title": title})).await;
        let key = made.expect(201).json()["data"]["id"].as_i64().unwrap();
        let path = format!("/notes/{key}");
        let mut tx = holder.transaction().await.unwrap();
        tx.get::<Note>(key).await.unwrap();
        for _ in 0..6 {
            let stars = json!({"stars": 1});
            let left = timeout(Duration::from_millis(200), api.patch(&path, &stars)).await;
            assert!(left.is_err());
        }
        api.get(&path).await.expect(200);
        drop(tx);
    }
}

#[tokio::test]
async fn statements_that_nobody_waits_for_are_ended() {
    let Some(scratch) = scratch() else { return };
    let holder = opened(Database::postgres(scratch.address()).connections(1)).await;
    let database = opened(Database::postgres(scratch.address()).connections(4)).await;
    let served = serve(&database).await;
    let api = served.api();
    api.post("/notes", &json!({"title": "held"}))
        .await
        .expect(201);
    let mut tx = holder.transaction().await.unwrap();
    tx.get::<Note>(1).await.unwrap();
    for _ in 0..10 {
        let given_up = (0..4).map(|_| {
            let api = api.clone();
            tokio::spawn(async move {
                let stars = json!({"stars": 1});
                let patch = api.patch("/notes/1", &stars);
                timeout(Duration::from_millis(50), patch).await
            })
        });
        for given_up in given_up.collect::<Vec<_>>() {
            let answer = given_up.await.unwrap();
            assert!(answer.is_err(), "{answer:?}");
        }
    }
    // The row is held still: who waits for it would wait as long.
    let waiting = "SELECT query FROM pg_stat_activity \
        WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let ended = async {
        while !scratch.texts(waiting).is_empty() {
            sleep(Duration::from_millis(20)).await;
        }
    };
    let ended = timeout(Duration::from_secs(10), ended).await;
    assert!(ended.is_ok(), "{:?}", scratch.texts(waiting));
    // Ours, the other's, one that ends statements, and this one.
    let all = "SELECT pid::text FROM pg_stat_activity \
        WHERE datname = current_database() AND backend_type = 'client backend'";
    assert!(scratch.texts(all).len() <= 4 + 1 + 1 + 1);
    tx.commit().await.unwrap();
    let note = api.get("/notes/1").await.expect(200).json();
    assert!(note["data"]["stars"].is_null(), "{note}");
}

#[tokio::test]
async fn a_statement_that_runs_for_too_long_is_ended() {
    let Some(scratch) = scratch() else { return };
    let holder = opened(Database::postgres(scratch.address())).await;
    let mut tx = holder.transaction().await.unwrap();
    let held = tx.insert(&note("held")).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = holder.transaction().await.unwrap();
    tx.get::<Note>(held.id).await.unwrap();
    for statements in [0, 256] {
        let options = Database::postgres(scratch.address()).statement_cache(statements);
        let options = options.transaction_timeout(Duration::from_millis(300));
        let database = opened(options).await;
        let served = serve(&database).await;
        let change = json!({"stars": 1});
        let path = format!("/notes/{}", held.id);
        let api = served.api();
        let ended = timeout(Duration::from_secs(3), api.patch(&path, &change));
        ended.await.unwrap().problem(503);
    }
    // The server ended them by itself: none is left that would write when it may.
    let waiting = "SELECT query FROM pg_stat_activity \
        WHERE datname = current_database() AND wait_event_type = 'Lock'";
    assert!(scratch.texts(waiting).is_empty());
}

#[tokio::test]
async fn several_programs_make_the_tables_at_the_same_time() {
    let Some(scratch) = scratch() else { return };
    let programs = (0..6).map(|_| {
        let options = Database::postgres(scratch.address()).connections(1);
        tokio::spawn(async move { opened(options).await })
    });
    for program in programs.collect::<Vec<_>>() {
        let database = program.await.unwrap();
        let drifts = database.compare::<(Note, Remark)>().await.unwrap();
        assert_eq!(drifts, []);
    }
}

#[tokio::test]
async fn tables_of_the_runtime_are_made_only_where_they_are_missing() {
    let Some(scratch) = scratch() else { return };
    let options = || Database::postgres(scratch.address());
    options().open().await.unwrap().prepare().await.unwrap();
    let made = "SELECT relname::text FROM pg_class WHERE relname = 'topchef_outbox'";
    assert_eq!(scratch.texts(made).len(), 1);
    // Somebody keeps the table to himself: that it cannot be looked at does not say that there is none.
    let limit = Duration::from_millis(300);
    let database = options().transaction_timeout(limit).open().await.unwrap();
    let locked = tokio::task::spawn_blocking(move || {
        scratch.execute("DO $$ BEGIN LOCK TABLE topchef_outbox; PERFORM pg_sleep(3); END $$");
    });
    sleep(Duration::from_millis(500)).await;
    let prepared = timeout(Duration::from_secs(2), database.prepare()).await;
    assert_eq!(status(&prepared.unwrap().unwrap_err().into()), 503);
    locked.await.unwrap();
}

#[tokio::test]
async fn a_key_that_is_given_is_not_assigned_later() {
    let Some(scratch) = scratch() else { return };
    let database = opened(Database::postgres(scratch.address())).await;
    let mut tx = database.transaction().await.unwrap();
    let mut ids = Vec::new();
    for given in [0, 2, 0, 1000, 0, 5, 0, 0] {
        let title = format!("{} {given}", ids.len());
        let given = Note {
            id: given,
            ..note(&title)
        };
        ids.push(tx.insert(&given).await.unwrap().id);
    }
    // It counts by itself until it comes to a key that was given, and then goes on after the largest.
    assert_eq!(ids, [1, 2, 3, 1000, 4, 5, 1001, 1002]);
}

#[tokio::test]
async fn a_key_that_is_refused_does_not_move_the_count() {
    let Some(scratch) = scratch() else { return };
    let database = opened(Database::postgres(scratch.address())).await;
    let served = serve(&database).await;
    let api = served.api();
    api.post("/notes", &json!({"title": "a"})).await.expect(201);
    let far = json!({"id": 1_000_000, "title": "a"});
    api.post("/notes", &far).await.problem(409);
    let made = api.post("/notes", &json!({"title": "b"})).await.expect(201);
    assert!(made.json()["data"]["id"].as_i64().unwrap() < 10);
}

#[tokio::test]
async fn no_post_is_refused_for_a_key_that_it_did_not_give() {
    let Some(scratch) = scratch() else { return };
    let database = opened(Database::postgres(scratch.address())).await;
    let served = serve(&database).await;
    for round in 0..4 {
        let posts = (0..40).map(|number| {
            let api = served.api();
            let title = format!("{round} {number}");
            tokio::spawn(async move {
                // Every second one takes a key that the database is about to assign.
                let key = round * 100 + number + 3;
                match number % 4 {
                    0 => {
                        let given = json!({"id": key, "title": title});
                        let status = api.post("/notes", &given).await.status;
                        assert!([201, 409].contains(&status), "{status}");
                    }
                    1 => {
                        let request = api.request("POST", "/notes");
                        let request = request.header("idempotency-key", title.replace(' ', "-"));
                        let request = request.json(&json!({"title": title}));
                        api.send(request).await.expect(201);
                    }
                    _ => {
                        api.post("/notes", &json!({"title": title}))
                            .await
                            .expect(201);
                    }
                }
            })
        });
        for post in posts.collect::<Vec<_>>() {
            post.await.unwrap();
        }
    }
}

#[tokio::test]
async fn tables_of_others_are_judged_by_their_types_and_refuse_what_does_not_fit() {
    let Some(scratch) = scratch() else { return };
    scratch.execute(
        "CREATE TABLE notes (id serial PRIMARY KEY, title varchar(5) NOT NULL UNIQUE, \
             stars int, moment timestamptz)",
    );
    let database = opened(Database::postgres(scratch.address())).await;
    let drifts = database.compare::<Note>().await.unwrap();
    let drifts: Vec<_> = drifts.iter().map(ToString::to_string).collect();
    assert_eq!(drifts.len(), 2, "{drifts:#?}");
    assert!(
        drifts
            .iter()
            .all(|drift| drift.contains("is declared `integer`"))
    );
    let served = serve(&database).await;
    let api = served.api();
    api.post("/notes", &json!({"title": "short"}))
        .await
        .expect(201);
    api.post("/notes", &json!({"title": "too long"}))
        .await
        .problem(400);
    let large = json!({"title": "large", "stars": 1_i64 << 40});
    api.post("/notes", &large).await.problem(400);
    api.get("/notes?stars=1099511627776").await.expect(200);
}

#[tokio::test]
async fn what_no_rust_type_holds_is_an_error_and_no_panic() {
    let Some(scratch) = scratch() else { return };
    let database = opened(Database::postgres(scratch.address())).await;
    scratch.execute(
        "INSERT INTO notes (title, moment) VALUES ('far', 'infinity'), ('farther', '290000-01-01')",
    );
    let served = serve(&database).await;
    let api = served.api();
    for path in ["/notes/1", "/notes/2", "/notes"] {
        api.get(path).await.problem(500);
    }
}

#[tokio::test]
async fn texts_sort_by_their_bytes_whatever_the_table_says() {
    let Some(scratch) = scratch() else { return };
    scratch.execute(
        "CREATE TABLE notes (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, \
             title text COLLATE \"und-x-icu\" NOT NULL UNIQUE, stars bigint, moment timestamptz)",
    );
    let database = opened(Database::postgres(scratch.address())).await;
    let served = serve(&database).await;
    let api = served.api();
    for title in ["b", "B", "a", "Ä", "A", "_"] {
        api.post("/notes", &json!({"title": title}))
            .await
            .expect(201);
    }
    let titles = |answer: topchef_tests::Answer| {
        let list = answer.expect(200).json();
        let notes = list["data"].as_array().unwrap();
        let titles = notes.iter().map(|note| note["title"].as_str().unwrap());
        titles.map(str::to_owned).collect::<Vec<_>>()
    };
    let sorted = titles(api.get("/notes?sort=title").await);
    assert_eq!(sorted, ["A", "B", "_", "a", "b", "Ä"]);
    let after = titles(api.get("/notes?title[gt]=B&sort=-title").await);
    assert_eq!(after, ["Ä", "b", "a", "_"]);
}

#[tokio::test]
async fn orders_and_pages_are_those_of_the_indexes_that_we_make() {
    let Some(scratch) = scratch() else { return };
    let address = scratch.address();
    let before = if address.contains('?') { '&' } else { '?' };
    // For so few rows it would read them all, and sort them.
    let address = format!("{address}{before}options[enable_seqscan]=off&options[enable_sort]=off");
    let database = opened(Database::postgres(address)).await;
    let api = topchef_runtime::Api::new(database.clone()).allow_explain();
    database.create_tables::<Vote>().await.unwrap();
    let served = Served::new(api.resource::<Note>().resource::<Vote>()).await;
    let api = served.api();
    for title in ["a", "b", "c"] {
        api.post("/notes", &json!({"title": title}))
            .await
            .expect(201);
        api.post("/votes", &json!({"stars": 1})).await.expect(201);
    }
    for query in ["limit=1", "limit=1&sort=stars,id"] {
        let first = api.get(&format!("/votes?{query}&cursor=")).await;
        let first = first.expect(200).json();
        let next = first["links"]["next"].as_str().unwrap();
        let second = api.get(next).await.expect(200).json();
        assert_eq!(second["data"][0]["id"], 2, "{query}");
        let explained = api.get(&format!("{next}&explain=true")).await.expect(200);
        let plan = explained.json()["data"]["plan"].to_string();
        // By both columns: what is left out after it was found would be in a filter.
        assert!(plan.contains("Index Cond: (ROW(stars, id)"), "{plan}");
        assert!(!plan.contains("Sort") && !plan.contains("Filter"), "{plan}");
    }
    for query in [
        "sort=id",
        "sort=-id",
        "sort=title",
        "sort=-title",
        "sort=stars",
        "sort=-stars",
        "title[gt]=a&sort=title",
        "stars[null]=true&sort=id",
        "stars=5&sort=id",
    ] {
        let plan = |path: String| {
            let api = api.clone();
            async move { api.get(&path).await.expect(200).json()["data"]["plan"].to_string() }
        };
        let found = plan(format!("/notes?explain=true&{query}")).await;
        assert!(found.contains("Index"), "{query}: {found}");
        if !query.contains('[') && !query.contains("=5") {
            // The order of a nullable column goes on by the key among rows that are alike.
            assert!(!found.contains("\"Sort"), "{query}: {found}");
        }
        let first = api.get(&format!("/notes?{query}&limit=1&cursor=")).await;
        if let Some(next) = first.expect(200).json()["links"]["next"].as_str() {
            let query = next.split_once('?').unwrap().1;
            let found = plan(format!("/notes?explain=true&{query}")).await;
            assert!(found.contains("Index"), "{query}: {found}");
        }
    }
}

#[tokio::test]
async fn everything_works_behind_a_pooler_that_hands_out_connections_for_a_transaction() {
    let Some(scratch) = scratch() else { return };
    let Some(bouncer) = Bouncer::before(&scratch.address()).await else {
        return;
    };
    let options = Database::postgres(bouncer.address()).statement_cache(0);
    let database = opened(options.connections(8)).await;
    let served = serve(&database).await;
    let requests = (0..40).map(|number| {
        let (api, database) = (served.api(), database.clone());
        tokio::spawn(async move {
            let title = format!("note {number}");
            let made = api.post("/notes", &json!({"title": title})).await;
            let path = format!("/notes/{}", made.expect(201).json()["data"]["id"]);
            api.get(&path).await.expect(200);
            api.patch(&path, &json!({"stars": number}))
                .await
                .expect(200);
            api.put(&path, &json!({"title": title, "stars": 1}))
                .await
                .expect(200);
            api.post("/notes", &json!({"title": title}))
                .await
                .problem(409);
            api.get("/notes?sort=-title&limit=5").await.expect(200);
            let mut tx = database.transaction().await.unwrap();
            tx.insert(&note(&format!("{title} too"))).await.unwrap();
            tx.insert(&note(&title)).await.unwrap_err();
            tx.commit().await.unwrap();
            api.delete(&path).await.expect(204);
        })
    });
    for request in requests.collect::<Vec<_>>() {
        request.await.unwrap();
    }
    assert_eq!(scratch.texts("SELECT title FROM notes").len(), 40);
}
