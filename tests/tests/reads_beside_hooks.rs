//! Hooks that read beside their transactions, more at once than there are connections: they do not wait for each other.

use serde_json::json;
use tokio::task::JoinSet;
use topchef_runtime::{Committed, Context, ModelResource, Next, Report, Tracked, Transaction};
use topchef_tests::local::{Local, Resourceful};

/// Four times as many as a pool has connections.
const CLIENTS: i64 = 40;
const TIMES: i64 = 5;

/// A parcel; its hooks look up what it costs.
#[derive(Clone, Debug, ModelResource)]
#[resource(before_commit(post = look_up), after_commit(post = look_up_again))]
struct Parcel {
    id: i64,
    weight: i64,
    #[resource(default = 0)]
    price: i64,
}

/// What something costs.
#[derive(Clone, Debug, ModelResource)]
struct Price {
    id: i64,
    per_gram: i64,
}

async fn look_up(
    cx: &Context,
    _: &mut Transaction,
    parcel: &mut Tracked<Parcel>,
) -> Result<Next, Report> {
    let price = parcel.weight * per_gram(cx).await?;
    parcel.set(Parcel::PRICE, price);
    Ok(Next::Proceed)
}

async fn look_up_again(
    cx: &Context,
    _: &mut Transaction,
    _: &Committed<Parcel>,
) -> Result<Next, Report> {
    per_gram(cx).await?;
    Ok(Next::Proceed)
}

/// Read beside the transaction that is open meanwhile.
async fn per_gram(cx: &Context) -> Result<i64, Report> {
    let price = cx.database().select::<Price>().first().await?;
    Ok(price.map_or(0, |price| price.per_gram))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_hooks_than_connections_read_beside_their_transactions() {
    let add = |api: Resourceful| api.resource::<Parcel>().resource::<Price>();
    let local = Local::start::<(Parcel, Price)>(add).await;
    let price = json!({"per_gram": 3});
    local.api().post("/prices", &price).await.expect(201);
    let mut clients = JoinSet::new();
    for weight in 1..=CLIENTS {
        let api = local.api();
        clients.spawn(async move {
            for _ in 0..TIMES {
                let answer = api.post("/parcels", &json!({"weight": weight})).await;
                let parcel = answer.expect(201).json();
                assert_eq!(parcel["data"]["price"], 3 * weight, "{parcel}");
                assert_eq!(parcel["meta"], json!({}), "{parcel}");
            }
        });
    }
    while let Some(client) = clients.join_next().await {
        client.unwrap();
    }
}
