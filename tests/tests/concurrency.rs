//! Many clients at once on one resource: nobody is failed, and what is left is what they were told.

#![expect(
    clippy::unwrap_used,
    reason = "clients are functions of a test, and stop it"
)]

use serde_json::json;
use std::collections::BTreeMap;
use topchef_runtime::{Context, ModelResource, Next, Report, Tracked, Transaction};
use topchef_tests::Api;
use topchef_tests::local::{Local, Resourceful};
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
