//! Whatever ends at whatever moment (the program, the database, a client), nothing that was answered is lost, and each
//! hook of each commit takes effect once and in its turn.
//!
//! What must be true is written down in `topchef_tests::experiments`; here things are ended. Moments follow from a seed
//! that is printed, and that `TOPCHEF_TEST_SEED` sets; what the machine makes of them is another matter.

#![expect(
    clippy::unwrap_used,
    reason = "what a test's helpers cannot do stops the test, and it says how much it has tried"
)]

use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use topchef_runtime::Database;
use topchef_tests::experiments::{Dice, Ledger, Tables, world};
use topchef_tests::local::{Local, Store};
use topchef_tests::{Api, Cluster, Kind, Launch, Scratch, Server, eventually};

/// How often the program is killed.
const KILLS: u64 = 300;

/// How often one of two programs is killed.
const KILLS_OF_TWO: u64 = 60;

/// How often the database is stopped.
const STOPS: u64 = 10;

const CLIENTS: u64 = 4;

/// The longest that clients are served before something ends, in milliseconds.
const LIFE: u64 = 80;

/// The program of the tests' own, over a database that has its tables.
fn started(address: &str) -> Server {
    let launch = Launch::helper(env!("CARGO_BIN_EXE_experiments"));
    launch.arguments([address]).start()
}

/// Clients that send one request after the other until one is not answered.
fn clients(ledger: &Arc<Ledger>, api: &Api, round: &str, dice: &mut Dice) -> JoinSet<()> {
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let (ledger, api, name) = (Arc::clone(ledger), api.clone(), format!("{round}-{client}"));
        let mut dice = Dice::of(dice.below(u64::MAX));
        clients.spawn(async move { ledger.client(&api, &name, &mut dice).await });
    }
    clients
}

/// Waits for the clients, whose server has gone.
async fn gone(mut clients: JoinSet<()>) {
    while let Some(client) = clients.join_next().await {
        client.unwrap();
    }
}

/// Waits in two of three rounds until so much of it is acknowledged: however slow the machine is, programs are killed with
/// work behind them; in every third round at any moment.
async fn begun(ledger: &Ledger, round: u64, before: usize, least: usize) {
    if !round.is_multiple_of(3) {
        let is_begun = async || (ledger.acknowledged() >= before + least).then_some(());
        eventually("requests that are acknowledged", is_begun).await;
    }
}

async fn a_moment(dice: &mut Dice) {
    tokio::time::sleep(Duration::from_millis(dice.below(LIFE))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_that_is_killed_again_and_again_loses_nothing_and_does_nothing_twice() {
    let mut dice = Dice::of_this_run();
    let ledger = Arc::new(Ledger::default());
    let scratch = Scratch::new();
    // It is not held open: each program that starts must recover what the last one left.
    scratch
        .open()
        .await
        .create_tables::<Tables>()
        .await
        .unwrap();
    let mut server = started(&scratch.address());
    for round in 0..KILLS {
        let api = server.api();
        ledger.news(&api, &format!("after kill {round}")).await;
        let before = ledger.acknowledged();
        let clients = clients(&ledger, &api, &round.to_string(), &mut dice);
        begun(&ledger, round, before, 5).await;
        a_moment(&mut dice).await;
        server.kill();
        gone(clients).await;
        server.restart();
    }
    ledger.news(&server.api(), "after the last kill").await;
    println!("{}", ledger.check(&scratch.open().await).await);
    let rounds = usize::try_from(KILLS).unwrap();
    assert!(ledger.acknowledged() > 3 * rounds, "{ledger:?}");
    assert!(ledger.broken() > rounds, "{ledger:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_programs_that_share_a_database_either_may_be_killed_at_any_moment() {
    if !Kind::Postgres.is_of_this_run("several servers share a PostgreSQL, and never a file") {
        return;
    }
    let mut dice = Dice::of_this_run();
    let ledger = Arc::new(Ledger::default());
    let scratch = Scratch::new();
    let database = scratch.open().await;
    database.create_tables::<Tables>().await.unwrap();
    let mut servers = [started(&scratch.address()), started(&scratch.address())];
    for round in 0..KILLS_OF_TWO {
        let [one, other] = &mut servers;
        let when = format!("after kill {round}");
        ledger.news(&other.api(), &when).await;
        let beside = clients(&ledger, &other.api(), &format!("{round}-beside"), &mut dice);
        let before = ledger.acknowledged();
        let clients = clients(&ledger, &one.api(), &round.to_string(), &mut dice);
        begun(&ledger, round, before, 10).await;
        a_moment(&mut dice).await;
        one.kill();
        gone(clients).await;
        a_moment(&mut dice).await;
        other.kill();
        gone(beside).await;
        one.restart();
        other.restart();
        servers.swap(0, 1);
    }
    ledger.news(&servers[0].api(), "after the last kill").await;
    println!("{}", ledger.check(&database).await);
    let rounds = usize::try_from(KILLS_OF_TWO).unwrap();
    assert!(ledger.acknowledged() > 6 * rounds, "{ledger:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_stopped_again_and_again_loses_nothing_and_nothing_is_done_twice() {
    if !Kind::Postgres.is_of_this_run("only a PostgreSQL goes while its server stays") {
        return;
    }
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let mut dice = Dice::of_this_run();
    let ledger = Arc::new(Ledger::default());
    let open = || async { Database::postgres(cluster.address()).open().await.unwrap() };
    open().await.create_tables::<Tables>().await.unwrap();
    let server = started(&cluster.address());
    let clients = clients(&ledger, &server.api(), "client", &mut dice);
    for round in 0..STOPS {
        let (acknowledged, refused) = (ledger.acknowledged(), ledger.refused());
        let goes_on = async || (ledger.acknowledged() > acknowledged + 20).then_some(());
        eventually("requests that are acknowledged", goes_on).await;
        a_moment(&mut dice).await;
        cluster.fail();
        let is_refused = async || (ledger.refused() > refused).then_some(());
        eventually("requests that are refused with 503", is_refused).await;
        cluster.start_again();
        let when = format!("after stop {round}");
        eventually("a server that finds its database", async || {
            let answer = server.api().get("/experiments?limit=1").await;
            (answer.status == 200).then_some(())
        })
        .await;
        ledger.news(&server.api(), &when).await;
    }
    let mut server = server;
    server.kill();
    gone(clients).await;
    server.restart();
    println!("{}", ledger.check(&open().await).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_hang_up_at_any_moment_lose_nothing_and_have_nothing_done_twice() {
    let mut dice = Dice::of_this_run();
    let ledger = Arc::new(Ledger::default());
    let local: Local = Store::new::<Tables>().await.serve(world).await;
    let mut clients = JoinSet::new();
    for client in 0..2 * CLIENTS {
        let (ledger, api) = (Arc::clone(&ledger), local.api());
        let mut dice = Dice::of(dice.below(u64::MAX));
        clients.spawn(async move {
            let name = format!("hasty-{client}");
            ledger.impatient_client(&api, &name, &mut dice, 150).await;
        });
    }
    gone(clients).await;
    println!("{}", ledger.check(local.database()).await);
    assert!(ledger.acknowledged() > 100, "{ledger:?}");
    assert!(ledger.broken() > 100, "{ledger:?}");
}
