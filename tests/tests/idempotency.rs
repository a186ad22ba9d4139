//! `Idempotency-Key`: what is sent twice is done once, and answered twice.

#![expect(
    clippy::unwrap_used,
    reason = "what a test's helpers cannot do stops the test"
)]

use http::StatusCode;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::sleep;
use topchef_runtime::{
    ApiError, Committed, Context, ModelResource, Next, Reply, Report, Tracked, Transaction,
};
use topchef_tests::local::{Local, Resourceful, Served, Store};
use topchef_tests::{Answer, Api};

/// An order that no hook watches.
#[derive(ModelResource)]
struct Order {
    id: i64,
    #[resource(max_length = 20)]
    item: String,
    #[resource(default = 1)]
    units: i32,
}

/// A payment, of which hooks say something else than the record.
#[derive(Clone, Debug, ModelResource)]
#[resource(before_commit(post = before), after_commit(post = after))]
struct Payment {
    id: i64,
    purpose: String,
}

/// What hooks write.
#[derive(ModelResource)]
struct Note {
    id: i64,
    text: String,
}

async fn before(
    _: &Context,
    tx: &mut Transaction,
    payment: &mut Tracked<Payment>,
) -> Result<Next, Report> {
    tx.insert(&Note {
        id: 0,
        text: payment.purpose.clone(),
    })
    .await?;
    match payment.purpose.as_str() {
        "slow" => sleep(Duration::from_millis(600)).await,
        "refused" => return Err(ApiError::constraint().into()),
        "instead" => {
            let reply = Reply::json(StatusCode::ACCEPTED, &json!({"taken": true}))?;
            return Ok(Next::Instead(reply));
        }
        _ => {}
    }
    Ok(Next::Proceed)
}

async fn after(
    _: &Context,
    _: &mut Transaction,
    payment: &Committed<Payment>,
) -> Result<Next, Report> {
    match payment.purpose.as_str() {
        "job" => {
            let reply = Reply::json(StatusCode::ACCEPTED, &json!({"job": payment.id}))?;
            Ok(Next::Instead(reply))
        }
        _ => Ok(Next::Proceed),
    }
}

async fn shop() -> Local {
    Local::start::<(Order, Payment, Note)>(stocked).await
}

fn stocked(api: Resourceful) -> Resourceful {
    api.resource::<Order>()
        .resource::<Payment>()
        .resource::<Note>()
}

async fn send(api: &Api, method: &str, path: &str, key: &str, body: &Value) -> Answer {
    let request = api
        .request(method, path)
        .header("content-type", "application/json")
        .header("idempotency-key", key);
    api.send(request.body(body.to_string())).await
}

async fn count(api: &Api, path: &str) -> usize {
    let list = api.get(path).await.expect(200).json();
    list["data"].as_array().unwrap().len()
}

/// Asserts that this is the first answer given again.
fn assert_again(again: &Answer, first: &Answer) {
    assert_eq!(first.header("idempotency-replayed"), None);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!((again.status, &again.text), (first.status, &first.text));
    for name in ["content-type", "etag", "location"] {
        assert_eq!(again.header(name), first.header(name), "{name}");
    }
}

#[tokio::test]
async fn a_post_that_is_sent_again_is_answered_again_and_done_once() {
    let local = shop().await;
    let api = local.api();
    let body = json!({"item": "tea"});
    let first = send(&api, "POST", "/orders", "one", &body)
        .await
        .expect(201);
    // The record may have changed since: the answer is the first one.
    api.patch("/orders/1", &json!({"units": 5}))
        .await
        .expect(200);
    for _ in 0..3 {
        let again = send(&api, "POST", "/orders", "one", &body).await;
        assert_again(&again, &first);
    }
    assert_eq!(count(&api, "/orders").await, 1);
    send(&api, "POST", "/orders", "two", &body)
        .await
        .expect(201);
    api.post("/orders", &body).await.expect(201);
    assert_eq!(count(&api, "/orders").await, 3);
}

#[tokio::test]
async fn a_patch_that_is_sent_again_is_done_once() {
    let local = shop().await;
    let api = local.api();
    let made = api
        .post("/orders", &json!({"item": "tea"}))
        .await
        .expect(201);
    let patch = |body: Value| {
        let tag = made.header("etag").unwrap().to_owned();
        let request = api
            .request("PATCH", "/orders/1")
            .header("content-type", "application/json")
            .header("if-match", tag)
            .header("idempotency-key", "k");
        api.send(request.body(body.to_string()))
    };
    let first = patch(json!({"units": 2})).await.expect(200);
    // The tag holds no more, but the request is the one that was made already.
    assert_again(&patch(json!({"units": 2})).await, &first);
    patch(json!({"units": 3})).await.problem(422);
    assert_eq!(api.get("/orders/1").await.json()["data"]["units"], 2);
}

#[tokio::test]
async fn several_records_are_created_once() {
    let local = shop().await;
    let api = local.api();
    let body = json!([{"item": "tea"}, {"item": "milk"}]);
    let first = send(&api, "POST", "/orders", "k", &body).await.expect(201);
    assert_again(&send(&api, "POST", "/orders", "k", &body).await, &first);
    assert_eq!(count(&api, "/orders").await, 2);
}

#[tokio::test]
async fn a_key_belongs_to_one_request() {
    let local = shop().await;
    let api = local.api();
    let body = json!({"item": "tea"});
    send(&api, "POST", "/orders", "k", &body).await.expect(201);
    for (path, body) in [
        ("/orders", json!({"item": "milk"})),
        ("/orders?fields=id", body.clone()),
    ] {
        let faults = send(&api, "POST", path, "k", &body).await;
        let faults = faults.refused(422, "Idempotency Key Already Used");
        assert_eq!(faults[0].code, "idempotency_key_reused");
    }
    // Elsewhere it is another key.
    let note = json!({"text": "tea"});
    send(&api, "POST", "/notes", "k", &note).await.expect(201);
    send(&api, "PATCH", "/orders/1", "k", &json!({}))
        .await
        .expect(200);
    assert_eq!(count(&api, "/orders").await, 1);
}

#[tokio::test]
async fn a_request_that_fails_leaves_no_key() {
    let local = shop().await;
    let api = local.api();
    for body in [
        json!({}),
        json!({"item": 7}),
        json!({"item": "x".repeat(21)}),
    ] {
        send(&api, "POST", "/orders", "k", &body).await.problem(400);
    }
    let body = json!({"item": "tea"});
    send(&api, "POST", "/orders", "k", &body).await.expect(201);
    let refused = json!({"purpose": "refused"});
    send(&api, "POST", "/payments", "k", &refused)
        .await
        .problem(400);
    let paid = json!({"purpose": "tea"});
    send(&api, "POST", "/payments", "k", &paid)
        .await
        .expect(201);
    send(&api, "PATCH", "/orders/9", "k", &body)
        .await
        .problem(404);
    api.put("/orders/9", &body).await.expect(201);
    send(&api, "PATCH", "/orders/9", "k", &body)
        .await
        .expect(200);
    assert_eq!(count(&api, "/notes").await, 1);
}

#[tokio::test]
async fn what_hooks_answer_is_answered_again() {
    let local = shop().await;
    let api = local.api();
    for (number, purpose) in ["instead", "job", "tea"].into_iter().enumerate() {
        let body = json!({"purpose": purpose});
        let first = send(&api, "POST", "/payments", purpose, &body).await;
        assert_eq!(first.status, if purpose == "tea" { 201 } else { 202 });
        assert_again(
            &send(&api, "POST", "/payments", purpose, &body).await,
            &first,
        );
        assert_eq!(count(&api, "/notes").await, number + 1, "{purpose}");
    }
}

#[tokio::test]
async fn while_the_first_runs_the_second_is_told_to_wait() {
    let local = shop().await;
    let api = local.api();
    let body = json!({"purpose": "slow"});
    let clients = (0..8).map(|_| {
        let (api, body) = (api.clone(), body.clone());
        tokio::spawn(async move { send(&api, "POST", "/payments", "k", &body).await })
    });
    let clients: Vec<_> = clients.collect();
    let mut created = 0;
    for client in clients {
        let answer = client.await.unwrap();
        if answer.status == 201 {
            created += 1;
        } else {
            let faults = answer.refused(409, "Idempotency Key In Use");
            assert_eq!(faults[0].code, "idempotency_key_in_use");
            assert_eq!(answer.header("retry-after"), Some("1"));
        }
    }
    assert_eq!(created, 1);
    let again = send(&api, "POST", "/payments", "k", &body)
        .await
        .expect(201);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(count(&api, "/payments").await, 1);
}

#[tokio::test]
async fn two_servers_over_one_database_write_once() {
    let store = Store::new::<(Order, Payment, Note)>().await;
    let other = store.opened_again().await;
    let other = Served::new(topchef_runtime::Api::new(other).resource::<Payment>()).await;
    let local = store.serve(Resourceful::resource::<Payment>).await;
    let body = json!({"purpose": "slow"});
    let (one, two) = (local.api(), other.api());
    let (one, two) = tokio::join!(
        send(&one, "POST", "/payments", "k", &body),
        send(&two, "POST", "/payments", "k", &body),
    );
    for answer in [&one, &two] {
        assert!([200, 201, 409].contains(&answer.status), "{answer:?}");
    }
    assert!(one.status == 201 || two.status == 201);
    assert_eq!(count(&local.api(), "/payments").await, 1);
}

#[tokio::test]
async fn a_client_that_went_away_is_given_the_first_answer_when_it_asks_again() {
    let local = shop().await;
    let api = local.api();
    let body = json!({"purpose": "slow"});
    let sent = send(&api, "POST", "/payments", "k", &body);
    assert!(
        tokio::time::timeout(Duration::from_millis(200), sent)
            .await
            .is_err()
    );
    let again = topchef_tests::eventually("the first answer", async || {
        let answer = send(&api, "POST", "/payments", "k", &body).await;
        (answer.status != 409).then_some(answer)
    });
    let again = again.await.expect(201);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(count(&api, "/payments").await, 1);
}

/// As when the server ended between the commit and the storing of the answer.
const LOST: &str = "UPDATE topchef_idempotency_keys SET status = NULL, headers = NULL, body = NULL";

#[tokio::test]
async fn a_lost_answer_is_made_of_the_record_and_nothing_is_written_twice() {
    let local = shop().await;
    let api = local.api();
    let body = json!({"item": "tea"});
    let several = json!([{"item": "milk"}, {"item": "salt"}]);
    let first = send(&api, "POST", "/orders", "one", &body)
        .await
        .expect(201);
    let many = send(&api, "POST", "/orders", "many", &several)
        .await
        .expect(201);
    send(&api, "PATCH", "/orders/1", "one", &json!({"units": 4}))
        .await
        .expect(200);
    local.scratch().execute(LOST);
    let again = send(&api, "POST", "/orders", "one", &body)
        .await
        .expect(200);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(
        again.json()["data"],
        api.get("/orders/1").await.json()["data"]
    );
    assert_eq!(again.json()["links"], first.json()["links"]);
    let again = send(&api, "POST", "/orders", "many", &several)
        .await
        .expect(200);
    assert_eq!(again.json()["data"], many.json()["data"]);
    let again = send(&api, "PATCH", "/orders/1", "one", &json!({"units": 4})).await;
    assert_eq!(again.expect(200).json()["data"]["units"], 4);
    assert_eq!(count(&api, "/orders").await, 3);
    let other = json!({"item": "milk"});
    send(&api, "POST", "/orders", "one", &other)
        .await
        .problem(422);
}

#[tokio::test]
async fn a_key_is_forgotten_after_a_day() {
    let local = shop().await;
    let api = local.api();
    let body = json!({"item": "tea"});
    send(&api, "POST", "/orders", "k", &body).await.expect(201);
    local
        .scratch()
        .execute("UPDATE topchef_idempotency_keys SET created_at = created_at - 24 * 60 * 60 - 2");
    let answer = send(&api, "POST", "/orders", "k", &body).await.expect(201);
    assert_eq!(answer.header("idempotency-replayed"), None);
    assert_eq!(count(&api, "/orders").await, 2);
}

#[tokio::test]
async fn where_there_is_no_table_of_keys_it_is_made() {
    let store = Store::new::<(Order, Payment, Note)>().await;
    store
        .scratch()
        .execute("DROP TABLE topchef_idempotency_keys");
    let local = store.serve(stocked).await;
    let api = local.api();
    let body = json!({"item": "tea"});
    let first = send(&api, "POST", "/orders", "k", &body).await.expect(201);
    assert_again(&send(&api, "POST", "/orders", "k", &body).await, &first);
}

#[tokio::test]
async fn a_key_is_1_to_255_visible_characters() {
    let local = shop().await;
    let api = local.api();
    let body = json!({"item": "tea"});
    for key in ["", "a b", "\t", "ü", &"k".repeat(256)] {
        let faults = send(&api, "POST", "/orders", key, &body).await;
        assert_eq!(
            faults.refused(400, "Invalid Header")[0].code,
            "malformed_header"
        );
    }
    let request = api.request("POST", "/orders");
    let request = request.header("content-type", "application/json");
    let twice = request
        .header("idempotency-key", "a")
        .header("idempotency-key", "b");
    api.send(twice.body(body.to_string())).await.problem(400);
    assert_eq!(count(&api, "/orders").await, 0);
    for key in ["k".repeat(255).as_str(), "\"8e03978e-40d5\"", "~!"] {
        send(&api, "POST", "/orders", key, &body).await.expect(201);
    }
    // The other methods do the same however often they are sent, and pass the key over.
    let request = api
        .request("DELETE", "/orders/1")
        .header("idempotency-key", "a b");
    api.send(request).await.expect(204);
}

#[tokio::test]
async fn a_key_of_one_is_none_of_another_s() {
    let store = Store::new::<Order>().await;
    let api = topchef_runtime::Api::new(store.database().clone()).resource::<Order>();
    let api = api.authenticated(by_name, topchef_runtime::policies::signed_in);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let api_at = Api::new(&format!("http://{}", listener.local_addr().unwrap()));
    tokio::spawn(async move { axum::serve(listener, api.into_router()).await.unwrap() });
    let body = json!({"item": "tea"});
    let as_one = |name: &'static str| {
        let request = api_at.request("POST", "/orders");
        let request = request.header("content-type", "application/json");
        let request = request
            .header("x-name", name)
            .header("idempotency-key", "k");
        api_at.send(request.body(body.to_string()))
    };
    let alice = as_one("alice").await.expect(201);
    let bob = as_one("bob").await.expect(201);
    assert_ne!(alice.header("location"), bob.header("location"));
    assert_again(&as_one("alice").await, &alice);
    send(&api_at, "POST", "/orders", "k", &body)
        .await
        .problem(401);
}

async fn by_name(
    parts: &http::request::Parts,
) -> Result<Option<topchef_runtime::Principal>, ApiError> {
    let name = parts.headers.get("x-name");
    let name = name.and_then(|name| name.to_str().ok());
    Ok(name.map(topchef_runtime::Principal::new))
}
