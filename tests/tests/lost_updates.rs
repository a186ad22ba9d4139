//! Fifty clients count together, and no count is lost: with `If-Match` over HTTP, with a hook that takes part, and in
//! hooks that read and write another row.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "clients and hooks are functions of a test, and stop it"
)]

use serde_json::{Value, json};
use std::iter::repeat;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::sleep;
use topchef_runtime::{Committed, Context, ModelResource, Next, Report, Tracked, Transaction};
use topchef_tests::Api;
use topchef_tests::experiments::Dice;
use topchef_tests::local::{Local, Resourceful};

const CLIENTS: usize = 50;
const TIMES: usize = 20;
const ALL: usize = CLIENTS * TIMES;

/// A counter.
#[derive(Clone, Debug, ModelResource)]
struct Counter {
    id: i64,
    count: i64,
    #[resource(version)]
    version: i64,
}

/// A counter whose tag is a hash of it.
#[derive(Clone, Debug, ModelResource)]
struct Tally {
    id: i64,
    count: i64,
}

/// A counter in whose changes a hook takes part, which keeps each count.
#[derive(Clone, Debug, ModelResource)]
#[resource(before_commit(patch = keep))]
struct Gauge {
    id: i64,
    count: i64,
    #[resource(version)]
    version: i64,
}

/// A count of a gauge, as its hook saw it.
#[derive(Clone, Debug, ModelResource)]
struct Reading {
    id: i64,
    #[resource(unique)]
    count: i64,
}

/// A visit; its hooks count them all.
#[derive(Clone, Debug, ModelResource)]
#[resource(
    before_commit(post = count_before, patch = count_before),
    after_commit(post = count_after, patch = count_after)
)]
struct Visit {
    id: i64,
    text: String,
}

/// What hooks count.
#[derive(Clone, Debug, ModelResource)]
struct Sum {
    id: i64,
    count: i64,
}

async fn keep(
    _: &Context,
    tx: &mut Transaction,
    gauge: &mut Tracked<Gauge>,
) -> Result<Next, Report> {
    let count = gauge.count;
    tx.insert(&Reading { id: 0, count }).await?;
    Ok(Next::Proceed)
}

async fn count_before(
    _: &Context,
    tx: &mut Transaction,
    _: &mut Tracked<Visit>,
) -> Result<Next, Report> {
    count(tx, 1).await
}

async fn count_after(
    _: &Context,
    tx: &mut Transaction,
    _: &Committed<Visit>,
) -> Result<Next, Report> {
    count(tx, 2).await
}

/// Reads a row, and writes what follows from it.
async fn count(tx: &mut Transaction, id: i64) -> Result<Next, Report> {
    let mut sum = tx.get::<Sum>(id).await?.expect("there is a sum");
    let count = sum.count + 1;
    // Whoever could read it now would count on from the same.
    tokio::task::yield_now().await;
    sum.set(Sum::COUNT, count);
    tx.save(&mut sum).await?;
    Ok(Next::Proceed)
}

/// All clients at once, each of which does the same so often.
async fn together<F: Future<Output = ()> + Send + 'static>(
    local: &Local,
    once: impl Fn(Api) -> F + Copy + Send + 'static,
) {
    let mut clients = JoinSet::new();
    for _ in 0..CLIENTS {
        let api = local.api();
        clients.spawn(async move {
            for _ in 0..TIMES {
                once(api.clone()).await;
            }
        });
    }
    while let Some(client) = clients.join_next().await {
        client.unwrap();
    }
}

/// Adds one to a counter, however often others are faster: after each time it waits for longer, as clients should.
async fn add_one(api: Api, path: &str) {
    let mut dice = Dice::of(Dice::seed());
    for pause in (4..9).map(|doublings| 1 << doublings).chain(repeat(512)) {
        let read = api.get(path).await.expect(200);
        let count = read.json()["data"]["count"].as_i64().unwrap() + 1;
        let request = api.request("PATCH", path);
        let request = request
            .header("content-type", "application/json")
            .header("if-match", read.header("etag").unwrap())
            .body(json!({"count": count}).to_string());
        let answer = api.send(request).await;
        if answer.status != 412 {
            assert_eq!(answer.expect(200).json()["data"]["count"], count);
            return;
        }
        sleep(Duration::from_millis(dice.below(pause))).await;
    }
}

async fn counted(local: &Local, path: &str) -> Value {
    local.api().get(path).await.expect(200).json()["data"]["count"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_clients_with_if_match_none_loses_a_count() {
    let local = Local::start::<Counter>(Resourceful::resource::<Counter>).await;
    local
        .api()
        .post("/counters", &json!({"count": 0}))
        .await
        .expect(201);
    together(&local, |api| add_one(api, "/counters/1")).await;
    let counter = local.api().get("/counters/1").await.expect(200).json();
    assert_eq!(
        counter["data"],
        json!({"id": 1, "count": ALL, "version": ALL + 1})
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_clients_with_the_tag_of_a_whole_record_none_loses_a_count() {
    let local = Local::start::<Tally>(Resourceful::resource::<Tally>).await;
    local
        .api()
        .post("/tallies", &json!({"count": 0}))
        .await
        .expect(201);
    together(&local, |api| add_one(api, "/tallies/1")).await;
    assert_eq!(counted(&local, "/tallies/1").await, ALL);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_clients_with_if_match_and_a_hook_none_loses_a_count() {
    let add = |api: Resourceful| api.resource::<Gauge>().resource::<Reading>();
    let local = Local::start::<(Gauge, Reading)>(add).await;
    local
        .api()
        .post("/gauges", &json!({"count": 0}))
        .await
        .expect(201);
    together(&local, |api| add_one(api, "/gauges/1")).await;
    assert_eq!(counted(&local, "/gauges/1").await, ALL);
    // What a hook wrote for a PATCH that was refused is gone: each count was kept once.
    let readings = local.database().select::<Reading>().count().await;
    assert_eq!(usize::try_from(readings.unwrap()).unwrap(), ALL);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_clients_whose_hooks_count_in_one_row_none_loses_a_count() {
    let local = Local::start::<(Visit, Sum)>(|api| api.resource::<Visit>().resource::<Sum>()).await;
    for _ in 0..2 {
        local
            .api()
            .post("/sums", &json!({"count": 0}))
            .await
            .expect(201);
    }
    let visit = json!({"text": "first"});
    local.api().post("/visits", &visit).await.expect(201);
    together(&local, |api| async move {
        let visit = json!({"text": "another"});
        api.post("/visits", &visit).await.expect(201);
    })
    .await;
    let after_posts = [ALL + 1, ALL + 1];
    assert_eq!(sums(&local).await, after_posts);
    together(&local, |api| async move {
        api.patch("/visits/1", &json!({"text": "again"}))
            .await
            .expect(200);
    })
    .await;
    assert_eq!(sums(&local).await, after_posts.map(|sum| sum + ALL));
}

async fn sums(local: &Local) -> [Value; 2] {
    [
        counted(local, "/sums/1").await,
        counted(local, "/sums/2").await,
    ]
}
