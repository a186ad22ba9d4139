//! A POST whose body is an array: all of its records or none, in the order of the body, each error at its item.

#![expect(
    clippy::unwrap_used,
    reason = "what a test's helpers cannot do stops the test"
)]

use http::StatusCode;
use serde_json::{Value, json};
use topchef_runtime::{
    ApiError, Committed, Context, Input, ModelResource, Next, Reply, Report, Tracked, Transaction,
};
use topchef_tests::assert_keys;
use topchef_tests::local::Local;

const WRONG: &str = "Deserialization Error From Client Data";

/// A part of a machine; no hook watches it.
#[derive(ModelResource)]
#[resource(rename_all = "camelCase")]
struct Part {
    id: i64,
    #[resource(max_length = 5)]
    code_name: String,
    #[resource(default = 1)]
    units: i32,
}

/// An order; each phase does what its text says.
#[derive(Debug, ModelResource)]
#[resource(
    process_input(post = settle),
    before_commit(post = weigh),
    after_commit(post = tell)
)]
struct Order {
    id: i64,
    text: String,
}

/// What the hooks of orders write beside them.
#[derive(Debug, ModelResource)]
struct Note {
    id: i64,
    text: String,
}

async fn settle(_: &Context, input: &mut Input<Order>) -> Result<(), Report> {
    let text = input.get(Order::TEXT)?.unwrap_or_default();
    match text.as_str() {
        "forbidden" => Err(ApiError::new(StatusCode::FORBIDDEN, "Forbidden", "no").into()),
        "wrong" => {
            input.reject(ApiError::deserialization(
                "text",
                "taste",
                "is in bad taste",
            ));
            Ok(())
        }
        _ => {
            input.set(Order::TEXT, text.to_lowercase());
            Ok(())
        }
    }
}

async fn weigh(
    _: &Context,
    tx: &mut Transaction,
    order: &mut Tracked<Order>,
) -> Result<Next, Report> {
    let text = order.text.clone();
    tx.insert(&Note { id: 0, text }).await?;
    match order.text.as_str() {
        "divert" => Ok(Next::Instead(Reply::json(
            StatusCode::ACCEPTED,
            &json!({"diverted": true}),
        )?)),
        "nothing" => Ok(Next::Instead(Reply::no_content())),
        "heavy" => Err(ApiError::deserialization("text", "weight", "is too heavy").into()),
        _ => Ok(Next::Proceed),
    }
}

async fn tell(_: &Context, _: &mut Transaction, order: &Committed<Order>) -> Result<Next, Report> {
    match order.text.as_str() {
        "job" => Ok(Next::Instead(Reply::json(
            StatusCode::ACCEPTED,
            &json!({"job": order.id}),
        )?)),
        "deaf" => Err(ApiError::new(StatusCode::BAD_GATEWAY, "Deaf", "nobody listens").into()),
        _ => Ok(Next::Proceed),
    }
}

async fn shop() -> Local {
    let local = Local::start::<(Part, Order, Note)>(|api| {
        api.resource::<Part>()
            .resource::<Order>()
            .resource::<Note>()
    });
    local.await
}

/// How many records there are.
async fn count(local: &Local, path: &str) -> usize {
    let list = local.api().get(path).await.expect(200).json();
    list["data"].as_array().unwrap().len()
}

#[tokio::test]
async fn an_array_makes_its_records_in_its_order() {
    let local = shop().await;
    let body = json!([
        {"codeName": "c"},
        {"codeName": "a", "units": 7},
        {"code_name": "b", "id": 40},
    ]);
    let answer = local.api().post("/parts", &body).await.expect(201);
    assert_eq!(answer.header("location"), None);
    assert_eq!(answer.header("etag"), None);
    assert_eq!(
        answer.json(),
        json!({
            "data": [
                {"id": 1, "codeName": "c", "units": 1},
                {"id": 2, "codeName": "a", "units": 7},
                {"id": 40, "codeName": "b", "units": 1},
            ],
            "links": {},
            "meta": {},
        })
    );
    assert_eq!(count(&local, "/parts").await, 3);
    let api = local.api();
    let body = json!([{"codeName": "d"}]);
    let one = api.post("/parts?fields=units", &body).await.expect(201);
    assert_eq!(one.json()["data"], json!([{"units": 1}]));
}

#[tokio::test]
async fn everything_that_is_wrong_is_told_at_its_item() {
    let local = shop().await;
    let body = json!([
        {"codeName": "fine"},
        {"codeName": "too long", "units": "many"},
        7,
        {},
        {"codeName": "e", "colour": "red"},
        [],
        null,
    ]);
    let answer = local.api().post("/parts", &body).await;
    answer.refused_at(
        WRONG,
        &[
            "/1/codeName",
            "/1/units",
            "/2",
            "/3/codeName",
            "/4/colour",
            "/5",
            "/6",
        ],
    );
    assert_eq!(count(&local, "/parts").await, 0);
}

#[tokio::test]
async fn one_conflict_keeps_all_of_them_out() {
    let local = shop().await;
    let body = json!([
        {"id": 1, "codeName": "a"}, {"id": 2, "codeName": "b"}, {"id": 1, "codeName": "c"},
    ]);
    let answer = local.api().post("/parts", &body).await;
    let faults = answer.refused(409, "Conflict");
    assert_eq!(faults[0].pointer.as_deref(), Some("/2/id"));
    assert_eq!(faults[0].code, "unique");
    assert_eq!(count(&local, "/parts").await, 0);
}

#[tokio::test]
async fn an_array_has_at_least_one_item_and_at_most_a_thousand() {
    let local = shop().await;
    let api = local.api();
    let none = api.post("/parts", &json!([])).await.refused(400, WRONG);
    assert_eq!(none[0].code, "empty");
    let part = json!({"codeName": "a"});
    let many = |number| Value::Array(vec![part.clone(); number]);
    let answer = api.post("/parts", &many(1001)).await;
    let faults = answer.refused(413, "Payload Too Large");
    assert_eq!(faults[0].code, "too_many_records");
    assert_eq!(count(&local, "/parts").await, 0);
    let all = api.post("/parts", &many(1000)).await.expect(201).json();
    let data = all["data"].as_array().unwrap();
    assert_eq!(data.len(), 1000);
    let ids = data.iter().map(|part| part["id"].as_i64().unwrap());
    assert!(ids.eq(1..=1000));
}

#[tokio::test]
async fn what_is_no_json_array_is_refused_as_ever() {
    let local = shop().await;
    for body in ["[", "[1,]", "[{}] x", "[{\"codeName\": \"a\"}"] {
        let answer = local.api().text("POST", "/parts", body).await;
        answer.refused(400, "Request Not JSON");
    }
    for method in ["PUT", "PATCH"] {
        let answer = local.api().text(method, "/parts/1", "[{}]").await;
        let faults = answer.refused(400, WRONG);
        assert_eq!(faults[0].code, "not_an_object");
    }
}

#[tokio::test]
async fn hooks_run_for_each_item_and_their_replies_stand_in_its_place() {
    let local = shop().await;
    let texts = ["PLAIN", "divert", "job", "nothing", "last"];
    let body: Value = texts.iter().map(|text| json!({"text": text})).collect();
    let answer = local.api().post("/orders", &body).await.expect(201).json();
    assert_keys(&answer, &["data", "links", "meta"]);
    assert_eq!(
        answer["data"],
        json!([
            {"id": 1, "text": "plain"}, {"diverted": true}, {"job": 2}, null, {"id": 3, "text": "last"},
        ])
    );
    assert_eq!(answer["meta"], json!({}));
    assert_eq!(count(&local, "/orders").await, 3);
    assert_eq!(count(&local, "/notes").await, 5);
}

#[tokio::test]
async fn a_hook_that_refuses_one_item_keeps_all_of_them_out() {
    let local = shop().await;
    let api = local.api();
    let orders = |text| json!([{"text": "first"}, {"text": text}, {"text": "third"}]);
    api.post("/orders", &orders("forbidden")).await.problem(403);
    let rejected = api.post("/orders", &orders("wrong")).await;
    rejected.refused_at(WRONG, &["/1/text"]);
    let refused = api.post("/orders", &orders("heavy")).await;
    refused.refused_at(WRONG, &["/1/text"]);
    assert_eq!(count(&local, "/orders").await, 0);
    assert_eq!(count(&local, "/notes").await, 0);
}

#[tokio::test]
async fn a_hook_that_fails_after_the_commit_undoes_nothing() {
    let local = shop().await;
    let body = json!([{"text": "deaf"}, {"text": "job"}]);
    let answer = local.api().post("/orders", &body).await.expect(201).json();
    assert_eq!(
        answer["data"],
        json!([{"id": 1, "text": "deaf"}, {"job": 2}])
    );
    assert_eq!(answer["meta"], json!({"after_commit": "failed"}));
    assert_eq!(count(&local, "/orders").await, 2);
}
