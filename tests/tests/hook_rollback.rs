//! What a hook wrote before it failed is gone: in each phase of each method, however it fails, in every resource that shares it.
//!
//! The hooks are generic functions; the request says which of them fails, and how.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what a test's helpers cannot do stops the test, and hooks panic on purpose"
)]

use http::StatusCode;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use topchef_runtime::transaction::Retries;
use topchef_runtime::{
    ApiError, Committed, Context, Database, Input, ModelResource, Next, Report, Select, Tracked,
    Transaction,
};
use topchef_tests::local::{Local, Resourceful, Store};
use topchef_tests::{Answer, eventually};

/// A book; its hooks are those of a film.
#[derive(Clone, Debug, ModelResource)]
#[resource(
    process_input(post = on_input::<Book>, put = on_input::<Book>, patch = on_input::<Book>, delete = on_select::<Book>),
    before_commit(post = before::<Book>, put = before::<Book>, patch = before::<Book>, delete = before::<Book>),
    after_commit(post = after::<Book>, put = after::<Book>, patch = after::<Book>, delete = after::<Book>)
)]
struct Book {
    id: i64,
    title: String,
}

/// A film; its hooks are those of a book.
#[derive(Clone, Debug, ModelResource)]
#[resource(
    process_input(post = on_input::<Film>, put = on_input::<Film>, patch = on_input::<Film>, delete = on_select::<Film>),
    before_commit(post = before::<Film>, put = before::<Film>, patch = before::<Film>, delete = before::<Film>),
    after_commit(post = after::<Film>, put = after::<Film>, patch = after::<Film>, delete = after::<Film>)
)]
struct Film {
    id: i64,
    title: String,
}

/// What hooks write beside a record.
#[derive(Debug, ModelResource)]
struct Trace {
    id: i64,
    text: String,
}

const PHASES: [&str; 3] = ["process-input", "before-commit", "after-commit"];
const WAYS: [&str; 3] = ["refuse", "panic", "break"];
/// How long a transaction may take where hooks take longer.
const LIMIT: Duration = Duration::from_millis(500);
const METHODS: [&str; 4] = ["POST", "PUT", "PATCH", "DELETE"];

/// Writes a trace, and fails when the request says so.
async fn leave(cx: &Context, tx: &mut Transaction, phase: &str) -> Result<(), Report> {
    let text = phase.to_owned();
    let trace = tx.insert(&Trace { id: 0, text }).await?;
    let order = |name| cx.headers().get(name).map(|order| order.to_str().unwrap());
    if order("x-phase") != Some(phase) {
        return Ok(());
    }
    match order("x-way") {
        Some("panic") => panic!("on purpose"),
        // A statement that the database refuses is undone, and so is what went well before it.
        Some("break") => tx.insert(&trace).await.map(drop),
        Some("overstay") => {
            tokio::time::sleep(LIMIT * 3 / 2).await;
            Ok(())
        }
        Some("stall") => {
            cx.state::<Arc<Semaphore>>().unwrap().add_permits(1);
            std::future::pending().await
        }
        _ => Err(refusal().into()),
    }
}

fn refusal() -> ApiError {
    ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "Refused", "no")
}

/// A phase outside the request's transaction has only transactions of its own.
async fn leave_alone(cx: &Context) -> Result<(), Report> {
    let mut tx = cx.database().transaction().await?;
    leave(cx, &mut tx, "process-input").await?;
    tx.commit().await
}

async fn on_input<M: ModelResource>(cx: &Context, _: &mut Input<M>) -> Result<(), Report> {
    leave_alone(cx).await
}

async fn on_select<M: ModelResource>(cx: &Context, _: &mut Select<M>) -> Result<(), Report> {
    leave_alone(cx).await
}

async fn before<M: ModelResource>(
    cx: &Context,
    tx: &mut Transaction,
    _: &mut Tracked<M>,
) -> Result<Next, Report> {
    leave(cx, tx, "before-commit").await?;
    Ok(Next::Proceed)
}

async fn after<M: ModelResource>(
    cx: &Context,
    tx: &mut Transaction,
    _: &Committed<M>,
) -> Result<Next, Report> {
    leave(cx, tx, "after-commit").await?;
    Ok(Next::Proceed)
}

async fn library() -> Local {
    Local::start::<(Book, Film, Trace)>(shelves).await
}

fn shelves(api: Resourceful) -> Resourceful {
    let kept = ["x-phase", "x-way"];
    api.keep_headers(kept.map(http::HeaderName::from_static))
        .resource::<Book>()
        .resource::<Film>()
}

/// A library whose transactions may not take long, and whose hooks are not tried again; a hook that stalls says so.
async fn hasty_library(stalled: &Arc<Semaphore>) -> Local {
    let store = Store::with_timeout::<(Book, Film, Trace)>(LIMIT).await;
    let once = Retries::default().attempts(1);
    let add = |api| shelves(api).retries(once).state(Arc::clone(stalled));
    store.serve(add).await
}

/// The phases whose traces are there, in order.
async fn traces(database: &Database) -> Vec<String> {
    let traces = database.select::<Trace>().order_by(Trace::ID.asc());
    let traces = traces.all().await.unwrap();
    traces.into_iter().map(|trace| trace.text).collect()
}

/// Takes all traces away.
async fn wipe(database: &Database) {
    let mut tx = database.transaction().await.unwrap();
    for trace in tx.select::<Trace>().all().await.unwrap() {
        tx.delete(&trace).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// Sends a write of which a phase fails in a way.
async fn failing(local: &Local, method: &str, path: &str, phase: &str, way: &str) -> Answer {
    let api = local.api();
    let request = api.request(method, path);
    let request = request.header("x-phase", phase).header("x-way", way);
    let request = match method {
        "DELETE" => request,
        _ => request
            .header("content-type", "application/json")
            .body(json!({"title": "changed"}).to_string()),
    };
    api.send(request).await
}

async fn shown(local: &Local, collection: &str) -> Value {
    local.api().get(collection).await.expect(200).json()["data"].clone()
}

/// What a write of each method leaves of the one record called `first`.
fn done(method: &str) -> Value {
    match method {
        "POST" => json!(["first", "changed"]),
        "PUT" | "PATCH" => json!(["changed"]),
        "DELETE" => json!([]),
        other => panic!("no method of the table: {other}"),
    }
}

/// Leaves one record, called `first`, and no trace; gives where the method finds what it writes to.
async fn prepare(local: &Local, collection: &str, method: &str) -> String {
    empty(local, collection).await;
    let first = json!({"title": "first"});
    let made = local.api().post(collection, &first).await.expect(201);
    wipe(local.database()).await;
    match method {
        "POST" => collection.to_owned(),
        _ => format!("{collection}/{}", made.made()),
    }
}

#[tokio::test]
async fn what_a_failing_hook_wrote_is_gone() {
    let local = library().await;
    for collection in ["/books", "/films"] {
        for method in METHODS {
            for phase in 0..PHASES.len() {
                for way in WAYS {
                    check_failure(&local, collection, method, phase, way).await;
                }
            }
        }
    }
}

async fn check_failure(local: &Local, collection: &str, method: &str, phase: usize, way: &str) {
    let path = prepare(local, collection, method).await;
    let answer = failing(local, method, &path, PHASES[phase], way).await;
    let case = format!("{way} in {} of {answer:?}", PHASES[phase]);
    let expected = match (stands(phase), way, method) {
        (true, _, "POST") => 201,
        (true, _, "DELETE") => 204,
        (true, ..) => 200,
        (false, "panic", _) => 500,
        (false, "break", _) => 409,
        (false, "overstay", _) => 503,
        (false, ..) => 422,
    };
    assert_eq!(answer.status, expected, "{case}");
    check_what_is_left(local, collection, method, phase, &case).await;
}

/// Whether a write stands when this phase fails.
fn stands(phase: usize) -> bool {
    PHASES[phase] == "after-commit"
}

async fn check_what_is_left(
    local: &Local,
    collection: &str,
    method: &str,
    phase: usize,
    case: &str,
) {
    // What a phase before it wrote was either committed for itself, or is written with what stands.
    assert_eq!(traces(local.database()).await, PHASES[..phase], "{case}");
    let titles = titles(&shown(local, collection).await);
    let due = if stands(phase) {
        done(method)
    } else {
        json!(["first"])
    };
    assert_eq!(titles, due, "{case}");
}

#[tokio::test]
async fn what_a_hook_wrote_that_takes_too_long_is_gone() {
    let local = hasty_library(&Arc::new(Semaphore::new(0))).await;
    for method in METHODS {
        for phase in 0..PHASES.len() {
            check_failure(&local, "/books", method, phase, "overstay").await;
        }
    }
}

#[tokio::test]
async fn what_a_hook_wrote_whose_client_went_away_is_gone() {
    let stalled = Arc::new(Semaphore::new(0));
    let local = Arc::new(hasty_library(&stalled).await);
    for method in METHODS {
        for (phase, name) in PHASES.into_iter().enumerate() {
            let path = prepare(&local, "/books", method).await;
            let request = {
                let local = Arc::clone(&local);
                async move { failing(&local, method, &path, name, "stall").await }
            };
            let request = tokio::spawn(request);
            stalled.acquire().await.unwrap().forget();
            request.abort();
            let case = format!("a client of {method} that went away in {name}");
            is_over(&local, stands(phase)).await;
            check_what_is_left(&local, "/books", method, phase, &case).await;
        }
    }
}

/// Waits until nobody holds what a hook held that stalls.
async fn is_over(local: &Local, stands: bool) {
    let database = local.database();
    if stands {
        // A durable hook goes on without its client, until its time is up.
        eventually("a hook that is given up", async || {
            let waiting = database.outbox().count_waiting().await.unwrap();
            (waiting == 0).then_some(())
        })
        .await;
    }
    let mut tx = database.transaction().await.unwrap();
    for book in tx.select::<Book>().all().await.unwrap() {
        // Nobody else changes what is got so.
        tx.get::<Book>(book.id).await.unwrap();
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn what_hooks_wrote_stays_with_a_write_that_stands() {
    let local = library().await;
    for collection in ["/books", "/films"] {
        for method in METHODS {
            let path = prepare(&local, collection, method).await;
            let answer = failing(&local, method, &path, "none", "none").await;
            assert!(answer.status < 300, "{method} {collection}: {answer:?}");
            assert_eq!(
                traces(local.database()).await,
                PHASES,
                "{method} {collection}"
            );
            let titles = titles(&shown(&local, collection).await);
            assert_eq!(titles, done(method), "{method} {collection}");
        }
    }
}

async fn empty(local: &Local, collection: &str) {
    for record in shown(local, collection).await.as_array().unwrap() {
        let path = format!("{collection}/{}", record["id"]);
        local.api().delete(&path).await.expect(204);
    }
}

fn titles(records: &Value) -> Value {
    let records = records.as_array().unwrap().iter();
    records.map(|record| record["title"].clone()).collect()
}
