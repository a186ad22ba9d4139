//! A hook that answers with a record: of which resource, with which fields, at which path.

use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::json;
use topchef_runtime::{
    Committed, Context, ModelResource, Next, Reply, Report, Tracked, Transaction,
};
use topchef_tests::local::Local;

/// What is done for somebody.
#[derive(Debug, ModelResource)]
#[resource(
    url_prefix = "/api/v2",
    rename_all = "camelCase",
    serial_fields(get = [id, status_id, is_done()])
)]
struct Job {
    id: i64,
    status_id: i64,
    #[resource(default)]
    started_by: String,
    #[resource(write_only, default)]
    secret: String,
}

impl Job {
    fn is_done(&self) -> bool {
        self.status_id == 3
    }
}

/// What is done by a job.
#[derive(Debug, ModelResource)]
#[resource(
    serial_fields(post = Job[id, started_by]),
    before_commit(put = submit, patch = itself, delete = submit),
    after_commit(post = submit_after)
)]
struct Order {
    id: i64,
    text: String,
}

async fn job(tx: &mut Transaction, by: &str) -> Result<Reply, Report> {
    let job = Job {
        id: 0,
        status_id: 3,
        started_by: by.to_owned(),
        secret: "hidden".to_owned(),
    };
    let job = tx.insert(&job).await?;
    let name = HeaderName::from_static("x-queue");
    let reply = Reply::record(StatusCode::ACCEPTED, &job)?;
    Ok(reply.header(name, HeaderValue::from_static("slow")))
}

async fn submit(_: &Context, tx: &mut Transaction, _: &mut Tracked<Order>) -> Result<Next, Report> {
    job(tx, "before").await.map(Next::Instead)
}

async fn submit_after(
    _: &Context,
    tx: &mut Transaction,
    _: &Committed<Order>,
) -> Result<Next, Report> {
    job(tx, "after").await.map(Next::Instead)
}

async fn itself(
    _: &Context,
    _: &mut Transaction,
    order: &mut Tracked<Order>,
) -> Result<Next, Report> {
    Reply::record(StatusCode::OK, &**order).map(Next::Instead)
}

#[tokio::test]
async fn a_record_goes_out_with_its_own_path() {
    let local = Local::start::<(Job, Order)>(|api| api.resource::<Job>().resource::<Order>());
    let local = local.await;
    let api = local.api();

    let posted = api.post("/orders", &json!({"text": "a"})).await.expect(202);
    assert_eq!(posted.header("x-queue"), Some("slow"));
    assert_eq!(posted.header("location"), None);
    assert_eq!(
        posted.json(),
        json!({
            "data": {"id": 1, "startedBy": "after"},
            "links": {"self": "/api/v2/jobs/1"},
            "meta": {},
        })
    );
    // The order was written, whatever was answered.
    let order = api.get("/orders/1").await.expect(200).json();
    assert_eq!(order["data"], json!({"id": 1, "text": "a"}));

    let put = api
        .put("/orders/1", &json!({"text": "b"}))
        .await
        .expect(202);
    assert_eq!(
        put.json(),
        json!({
            "data": {"id": 2, "statusId": 3, "isDone": true},
            "links": {"self": "/api/v2/jobs/2"},
            "meta": {},
        })
    );
    let deleted = api.delete("/orders/1").await.expect(202).json();
    assert_eq!(deleted["links"]["self"], "/api/v2/jobs/3");

    let patched = api.patch("/orders/1", &json!({"text": "c"})).await;
    assert_eq!(
        patched.expect(200).json(),
        json!({
            "data": {"id": 1, "text": "c"},
            "links": {"self": "/orders/1"},
            "meta": {},
        })
    );
    let order = api.get("/orders/1").await.expect(200).json();
    assert_eq!(
        order["data"]["text"], "a",
        "each hook stood in for the write"
    );
    assert_eq!(
        api.get("/api/v2/jobs/3").await.expect(200).json()["data"]["statusId"],
        3
    );
}

#[tokio::test]
async fn records_stand_in_their_places_among_several() {
    let local = Local::start::<(Job, Order)>(|api| api.resource::<Job>().resource::<Order>());
    let local = local.await;
    let body = json!([{"text": "a"}, {"text": "b"}]);
    let posted = local.api().post("/orders", &body).await.expect(201).json();
    assert_eq!(
        posted["data"],
        json!([{"id": 1, "startedBy": "after"}, {"id": 2, "startedBy": "after"}])
    );
    let orders = local.database().select::<Order>().all().await.unwrap();
    assert_eq!(orders.len(), 2);
}

#[tokio::test]
async fn outside_a_request_a_record_is_what_get_shows_of_it() {
    let order = Order {
        id: 7,
        text: "a".to_owned(),
    };
    let reply = Reply::record(StatusCode::OK, &order).unwrap();
    assert_eq!(reply.body(), br#"{"id":7,"text":"a"}"#);
}
