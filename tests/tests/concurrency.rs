//! Many clients at once on one resource: nobody is failed, and what is left is what they were told.

#![expect(
    clippy::unwrap_used,
    reason = "clients are functions of a test, and stop it"
)]

use http::StatusCode;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::time::{sleep, timeout};
use topchef_runtime::{ApiError, Context, ModelResource, Next, Report, Tracked, Transaction};
use topchef_tests::local::{Local, Resourceful};
use topchef_tests::{Api, Kind};
use uuid::Uuid;

const CLIENTS: i64 = 32;
const ROUNDS: i64 = 12;
/// The record that all clients change at once.
const SHARED: Uuid = Uuid::max();

/// A parcel; each change of one is entered in its log.
#[derive(Debug, ModelResource)]
#[resource(before_commit(patch = log))]
struct Parcel {
    id: Uuid,
    #[resource(index)]
    client: i64,
    #[resource(default)]
    weight: i64,
}

/// One change of a parcel.
#[derive(Debug, ModelResource)]
struct Change {
    id: i64,
    parcel: Uuid,
}

async fn log(
    _cx: &Context,
    tx: &mut Transaction,
    parcel: &mut Tracked<Parcel>,
) -> Result<Next, Report> {
    let parcel = parcel.id;
    tx.insert(&Change { id: 0, parcel }).await?;
    Ok(Next::Proceed)
}

/// What a client was told of its own parcels: their weights, and how many changes it made.
#[derive(Debug, Default)]
struct Told {
    weights: BTreeMap<Uuid, i64>,
    changes: usize,
}

/// Makes, changes, reads and removes parcels of its own, and changes the shared one; every answer must be as alone.
async fn work(api: Api, client: i64) -> Told {
    let mut told = Told::default();
    for round in 0..ROUNDS {
        let body = json!({"client": client, "weight": round});
        let made = api.post("/parcels", &body).await.expect(201);
        let path = made.header("location").unwrap().to_owned();
        let id: Uuid = made.made().parse().unwrap();
        assert_eq!(told.weights.insert(id, round), None, "{id} was given twice");

        let weight = round + 100 * client;
        let patched = api
            .patch(&path, &json!({"weight": weight}))
            .await
            .expect(200);
        assert_eq!(patched.json()["data"]["weight"], weight);
        told.weights.insert(id, weight);
        let shared = json!({"weight": weight});
        api.patch(&format!("/parcels/{SHARED}"), &shared)
            .await
            .expect(200);
        told.changes += 2;

        let read = api.get(&path).await.expect(200).json();
        assert_eq!(
            read["data"],
            json!({"id": id, "client": client, "weight": weight})
        );
        let mine = api
            .get(&format!("/parcels?client={client}&limit=200"))
            .await;
        let mine = mine.expect(200).json();
        let ids = mine["data"].as_array().unwrap().iter();
        let ids: Vec<_> = ids
            .map(|row| row["id"].as_str().unwrap().parse::<Uuid>().unwrap())
            .collect();
        assert_eq!(ids, told.weights.keys().copied().collect::<Vec<_>>());

        if round % 3 == 0 {
            api.delete(&path).await.expect(204);
            told.weights.remove(&id);
            api.get(&path).await.problem(404);
            api.patch(&path, &json!({"weight": 1})).await.problem(404);
            api.delete(&path).await.problem(404);
        }
    }
    told
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_clients_at_once_get_what_each_would_get_alone() {
    let local = Local::start::<(Parcel, Change)>(Resourceful::resource::<Parcel>).await;
    let shared = json!({"id": SHARED, "client": -1});
    local.api().post("/parcels", &shared).await.expect(201);
    let clients = (0..CLIENTS).map(|client| tokio::spawn(work(local.api(), client)));
    let (mut weights, mut changes) = (BTreeMap::new(), 0);
    for client in clients.collect::<Vec<_>>() {
        let told = client.await.unwrap();
        changes += told.changes;
        for (id, weight) in told.weights {
            assert_eq!(weights.insert(id, weight), None, "{id} belongs to two");
        }
    }
    let find = local.database().select::<Parcel>().limit(10_000);
    let parcels = find.all().await.unwrap();
    let stored = parcels.iter().filter(|parcel| parcel.client >= 0);
    let stored: BTreeMap<_, _> = stored.map(|parcel| (parcel.id, parcel.weight)).collect();
    assert_eq!(stored, weights);
    let find = local.database().select::<Change>().limit(10_000);
    let logged = find.all().await.unwrap();
    assert_eq!(
        logged.len(),
        changes,
        "a change without its entry, or an entry without its change"
    );
    let shared = logged.iter().filter(|change| change.parcel == SHARED);
    assert_eq!(shared.count() * 2, changes);
}

/// A letter, for which a stamp is stored; what becomes of it says its text.
#[derive(Debug, ModelResource)]
#[resource(before_commit(post = stamp))]
struct Letter {
    id: i64,
    text: String,
}

#[derive(Debug, ModelResource)]
struct Stamp {
    id: i64,
    #[resource(unique)]
    text: String,
}

async fn stamp(
    _cx: &Context,
    tx: &mut Transaction,
    letter: &mut Tracked<Letter>,
) -> Result<Next, Report> {
    let text = letter.text.clone();
    tx.insert(&Stamp { id: 0, text }).await?;
    if letter.text.starts_with("refused") {
        let detail = "this letter is refused";
        return Err(ApiError::new(StatusCode::CONFLICT, "Refused", detail).into());
    }
    if letter.text.starts_with("left") {
        sleep(Duration::from_millis(40)).await;
    }
    assert!(!letter.text.starts_with("panics"), "a hook that panics");
    Ok(Next::Proceed)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_hook_undoes_takes_nothing_of_others_along() {
    const FATES: [&str; 8] = [
        "sent", "sent", "refused", "sent", "panics", "burns", "sent", "left",
    ];
    let local = Local::start::<(Letter, Stamp)>(Resourceful::resource::<Letter>).await;
    let burns =
        Kind::Sqlite.is_of_this_run("only SQLite undoes the whole transaction for a trigger");
    if burns {
        local.scratch().execute(
            "CREATE TRIGGER burn BEFORE INSERT ON letters WHEN new.text LIKE 'burns%'
             BEGIN SELECT RAISE(ROLLBACK, 'it burns'); END",
        );
    }
    let clients = (0..CLIENTS).map(|client| {
        let api = local.api();
        tokio::spawn(async move {
            let mut sent = Vec::new();
            for (round, fate) in FATES.into_iter().cycle().take(24).enumerate() {
                let text = format!("{fate} {client} {round}");
                let body = json!({"text": text});
                let posted = api.post("/letters", &body);
                match fate {
                    "left" => drop(timeout(Duration::from_millis(10), posted).await),
                    "refused" => drop(posted.await.problem(409)),
                    "panics" => drop(posted.await.problem(500)),
                    "burns" if burns => assert!(posted.await.status >= 500),
                    _ => {
                        posted.await.expect(201);
                        sent.push(text);
                    }
                }
            }
            sent
        })
    });
    let mut sent = BTreeSet::new();
    for client in clients.collect::<Vec<_>>() {
        sent.extend(client.await.unwrap());
    }
    let database = local.database();
    let letters = database.select::<Letter>().limit(10_000).all();
    let letters = letters.await.unwrap();
    let stamps = database.select::<Stamp>().limit(10_000).all();
    let stamps = stamps.await.unwrap();
    let letters: BTreeSet<_> = letters.into_iter().map(|letter| letter.text).collect();
    let stamps: BTreeSet<_> = stamps.into_iter().map(|stamp| stamp.text).collect();
    assert_eq!(letters, stamps);
    // Of those whose client went away some may have been sent.
    let stored: BTreeSet<_> = letters
        .into_iter()
        .filter(|text| !text.starts_with("left"))
        .collect();
    assert_eq!(stored, sent);
}
