//! The outbox: a hook that follows a commit is not lost, runs once for each commit, and in their order.

#![expect(
    clippy::unwrap_used,
    reason = "what a test's helpers cannot do stops the test"
)]

use http::HeaderName;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep};
use topchef_runtime::transaction::{Retries, Sweeper};
use topchef_runtime::{
    ApiError, Committed, Context, Database, ModelResource, Next, Reply, Report, Transaction,
};
use topchef_tests::eventually;
use topchef_tests::local::{Local, Resourceful, Store};

/// A parcel that is tracked by its events.
#[derive(Clone, Debug, ModelResource, PartialEq)]
#[resource(after_commit(post = follow, put = follow, patch = follow, delete = follow))]
struct Parcel {
    id: i64,
    place: String,
    #[resource(write_only)]
    code: Option<String>,
}

/// What a hook wrote.
#[derive(Clone, Debug, ModelResource, PartialEq)]
struct Event {
    id: i64,
    parcel_id: i64,
    text: String,
}

/// How the hooks of a test behave.
#[derive(Clone, Debug)]
struct Way {
    /// Whether they fail.
    fails: Arc<AtomicBool>,
    /// How often one began.
    begun: Arc<AtomicUsize>,
    /// They go on one by one where nobody opens this.
    gate: Arc<Semaphore>,
    /// What they knew of the request.
    seen: Arc<Mutex<Vec<String>>>,
    /// How long they take.
    takes: Duration,
}

impl Way {
    fn open() -> Self {
        Self {
            fails: Arc::default(),
            begun: Arc::default(),
            gate: Arc::new(Semaphore::new(Semaphore::MAX_PERMITS)),
            seen: Arc::default(),
            takes: Duration::ZERO,
        }
    }

    fn shut() -> Self {
        Self {
            gate: Arc::new(Semaphore::new(0)),
            ..Self::open()
        }
    }

    fn fail(&self, fails: bool) {
        self.fails.store(fails, Ordering::SeqCst);
    }

    fn begun(&self) -> usize {
        self.begun.load(Ordering::SeqCst)
    }
}

async fn follow(
    cx: &Context,
    tx: &mut Transaction,
    parcel: &Committed<Parcel>,
) -> Result<Next, Report> {
    let way = cx.state::<Way>().unwrap();
    way.begun.fetch_add(1, Ordering::SeqCst);
    way.seen.lock().unwrap().push(format!(
        "{} {} {:?} {:?} {:?}",
        cx.method(),
        cx.uri(),
        cx.key::<i64>(),
        cx.headers().get("x-kept"),
        cx.headers().get("x-secret"),
    ));
    let text = format!("{} {} {:?}", cx.method(), parcel.place, parcel.code);
    let event = Event {
        id: 0,
        parcel_id: parcel.id,
        text,
    };
    tx.insert(&event).await?;
    way.gate.acquire().await.unwrap().forget();
    sleep(way.takes).await;
    if way.fails.load(Ordering::SeqCst) {
        return Err(ApiError::new(http::StatusCode::BAD_GATEWAY, "Gone", "no carrier").into());
    }
    let message = json!({"followed": parcel.place});
    Ok(Next::Instead(Reply::json(
        http::StatusCode::ACCEPTED,
        &message,
    )?))
}

/// Soon again, and given up after three times.
fn soon() -> Retries {
    let pause = Duration::from_millis(50);
    Retries::default()
        .attempts(3)
        .first_pause(pause)
        .longest_pause(pause)
}

fn api_of(api: Resourceful, way: &Way) -> Resourceful {
    api.resource::<Parcel>()
        .resource::<Event>()
        .state(way.clone())
        .retries(soon())
        .keep_headers([HeaderName::from_static("x-kept")])
}

async fn post_office(way: &Way) -> Local {
    Local::start::<(Parcel, Event)>(|api| api_of(api, way)).await
}

async fn texts(database: &Database) -> Vec<String> {
    let events = database.select::<Event>().order_by(Event::ID.asc());
    let events = events.all().await.unwrap();
    events.into_iter().map(|event| event.text).collect()
}

async fn is_empty(database: &Database) -> bool {
    let outbox = database.outbox();
    outbox.count_waiting().await.unwrap() == 0 && outbox.count_dead().await.unwrap() == 0
}

fn at(place: &str) -> Value {
    json!({"place": place})
}

#[tokio::test]
async fn a_hook_answers_its_request_and_leaves_nothing_behind() {
    let way = Way::open();
    let office = post_office(&way).await;
    let answer = office.api().post("/parcels", &at("here")).await.expect(202);
    assert_eq!(answer.json(), json!({"followed": "here"}));
    let changed = office.api().patch("/parcels/1", &at("there")).await;
    assert_eq!(changed.expect(202).json(), json!({"followed": "there"}));
    office.api().delete("/parcels/1").await.expect(202);
    assert_eq!(
        texts(office.database()).await,
        ["POST here None", "PATCH there None", "DELETE there None"]
    );
    assert!(is_empty(office.database()).await);
}

#[tokio::test]
async fn a_hook_is_given_what_can_be_kept_of_its_request() {
    let way = Way::open();
    let office = post_office(&way).await;
    let api = office.api();
    let request = api.request("POST", "/parcels?fields=id");
    let request = request
        .header("content-type", "application/json")
        .header("x-kept", "blue")
        .header("x-secret", "red");
    let body = json!({"place": "here", "code": "1234"}).to_string();
    api.send(request.body(body)).await.expect(202);
    api.patch("/parcels/1", &at("there")).await.expect(202);
    assert_eq!(
        *way.seen.lock().unwrap(),
        [
            r#"POST /parcels None Some("blue") None"#,
            "PATCH /parcels/1 Some(1) None None",
        ]
    );
    // Columns that never go out are there all the same.
    assert_eq!(
        texts(office.database()).await[0],
        r#"POST here Some("1234")"#
    );
}

#[tokio::test]
async fn a_hook_that_fails_is_told_and_tried_again() {
    let way = Way::open();
    way.fail(true);
    let office = post_office(&way).await;
    let answer = office.api().post("/parcels", &at("here")).await.expect(201);
    assert_eq!(answer.json()["meta"], json!({"after_commit": "failed"}));
    assert_eq!(answer.json()["data"], json!({"id": 1, "place": "here"}));
    assert_eq!(texts(office.database()).await, [""; 0]);
    way.fail(false);
    let followed = async || (!texts(office.database()).await.is_empty()).then_some(());
    eventually("the second attempt", followed).await;
    eventually("an empty outbox", async || {
        is_empty(office.database()).await.then_some(())
    })
    .await;
    assert_eq!(texts(office.database()).await, ["POST here None"]);
}

#[tokio::test]
async fn a_hook_that_fails_too_often_waits_for_an_operator() {
    let way = Way::open();
    way.fail(true);
    let office = post_office(&way).await;
    office.api().post("/parcels", &at("here")).await.expect(201);
    let outbox = office.database().outbox();
    let dead = eventually("the end of the attempts", async || {
        outbox.dead(0, 10).await.unwrap().pop()
    })
    .await;
    assert_eq!(way.begun(), 3);
    assert_eq!(dead.attempts, 3);
    assert_eq!(
        (dead.resource.as_str(), dead.record.as_str()),
        ("/parcels", "1")
    );
    assert_eq!(dead.method, "post");
    assert_eq!(dead.error.as_deref(), Some("no carrier"));
    assert!(dead.dead_at.unwrap() >= dead.created_at);
    assert_eq!(outbox.waiting(0, 10).await.unwrap(), []);
    assert_eq!(outbox.count_dead().await.unwrap(), 1);
    assert!(!outbox.retry(dead.sequence + 1).await.unwrap());

    way.fail(false);
    assert!(outbox.retry(dead.sequence).await.unwrap());
    eventually("another try", async || {
        is_empty(office.database()).await.then_some(())
    })
    .await;
    assert_eq!(texts(office.database()).await, ["POST here None"]);
}

#[tokio::test]
async fn what_is_given_up_may_be_discarded_or_all_of_it_tried_again() {
    let way = Way::open();
    way.fail(true);
    let office = post_office(&way).await;
    for place in ["one", "two", "three"] {
        office.api().post("/parcels", &at(place)).await.expect(201);
    }
    let outbox = office.database().outbox();
    let dead = eventually("three that are given up", async || {
        let dead = outbox.dead(0, 10).await.unwrap();
        (dead.len() == 3).then_some(dead)
    })
    .await;
    let after_the_first = outbox.dead(dead[0].sequence, 1).await.unwrap();
    assert_eq!(after_the_first, dead[1..2]);
    assert!(outbox.discard(dead[1].sequence).await.unwrap());
    assert!(!outbox.discard(dead[1].sequence).await.unwrap());
    way.fail(false);
    outbox.retry_dead().await.unwrap();
    eventually("an empty outbox", async || {
        is_empty(office.database()).await.then_some(())
    })
    .await;
    let mut texts = texts(office.database()).await;
    texts.sort();
    assert_eq!(texts, ["POST one None", "POST three None"]);
}

#[tokio::test]
async fn what_a_record_s_hooks_do_is_done_in_the_order_of_its_commits() {
    let way = Way::open();
    way.fail(true);
    let office = post_office(&way).await;
    office.api().post("/parcels", &at("0")).await.expect(201);
    // While the first is to be tried again, the others wait for it.
    for place in 1..5 {
        let change = at(&place.to_string());
        let answer = office.api().patch("/parcels/1", &change).await.expect(200);
        let said = answer.json()["meta"]["after_commit"].clone();
        assert!(said == "waiting" || said == "failed", "{said}");
    }
    office
        .api()
        .post("/parcels", &at("another"))
        .await
        .expect(201);
    way.fail(false);
    eventually("an empty outbox", async || {
        is_empty(office.database()).await.then_some(())
    })
    .await;
    let mut texts = texts(office.database()).await;
    texts.retain(|text| !text.contains("another"));
    let expected = ["POST 0", "PATCH 1", "PATCH 2", "PATCH 3", "PATCH 4"];
    assert_eq!(texts, expected.map(|text| format!("{text} None")));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_change_one_record_and_each_is_answered_by_its_own_hook() {
    let way = Way::open();
    let office = post_office(&way).await;
    office
        .api()
        .post("/parcels", &at("start"))
        .await
        .expect(202);
    let clients = (0..40).map(|client| {
        let api = office.api();
        tokio::spawn(async move {
            let place = format!("place {client}");
            let answer = api.patch("/parcels/1", &at(&place)).await.expect(202);
            assert_eq!(answer.json(), json!({"followed": place}));
        })
    });
    for client in clients.collect::<Vec<_>>() {
        client.await.unwrap();
    }
    assert_eq!(texts(office.database()).await.len(), 41);
    assert_eq!(way.begun(), 41);
    assert!(is_empty(office.database()).await);
}

#[tokio::test]
async fn what_was_left_behind_is_delivered_by_whoever_serves_next() {
    let shut = Way::shut();
    let store = Store::new::<(Parcel, Event)>().await;
    let database = store.database().clone();
    {
        let served = topchef_tests::local::Served::new(api_of(
            topchef_runtime::Api::new(database.clone()),
            &shut,
        ))
        .await;
        let api = served.api();
        let request = tokio::spawn(async move { api.post("/parcels", &at("here")).await });
        eventually("a hook that runs", async || {
            (shut.begun() == 1).then_some(())
        })
        .await;
        // The program ends while its hook runs.
        request.abort();
    }
    shut.gate.close();
    assert_eq!(texts(&database).await, [""; 0]);
    let open = Way::open();
    let office = store.serve(|api| api_of(api, &open)).await;
    eventually("what was left behind", async || {
        is_empty(office.database()).await.then_some(())
    })
    .await;
    assert_eq!(texts(office.database()).await, ["POST here None"]);
}

#[tokio::test]
async fn a_client_that_goes_away_takes_no_hook_along() {
    let way = Way::shut();
    let office = post_office(&way).await;
    let api = office.api();
    let request = tokio::spawn(async move { api.post("/parcels", &at("here")).await });
    eventually("a hook that runs", async || {
        (way.begun() == 1).then_some(())
    })
    .await;
    request.abort();
    way.gate.add_permits(1);
    eventually("an empty outbox", async || {
        is_empty(office.database()).await.then_some(())
    })
    .await;
    assert_eq!(texts(office.database()).await, ["POST here None"]);
    assert_eq!(way.begun(), 1);
}

#[tokio::test]
async fn a_program_without_a_router_sweeps_by_itself() {
    let way = Way::open();
    way.fail(true);
    let store = Store::new::<(Parcel, Event)>().await;
    let office = store
        .serve(|api| api_of(api, &way).retries(Retries::default()))
        .await;
    office.api().post("/parcels", &at("here")).await.expect(201);
    way.fail(false);
    let database = office.database().clone();
    let sweeper = Sweeper::new(database.clone()).state(way.clone());
    // A sweeper without the resource leaves its messages to others.
    assert_eq!(sweeper.sweep().await.unwrap(), 0);
    let sequence = database.outbox().waiting(0, 1).await.unwrap()[0].sequence;
    let sweeper = sweeper.resource::<Parcel>();
    assert!(database.outbox().retry(sequence).await.unwrap());
    // It or the router's own.
    sweeper.sweep().await.unwrap();
    eventually("an empty outbox", async || {
        is_empty(&database).await.then_some(())
    })
    .await;
    assert_eq!(texts(&database).await, ["POST here None"]);
}

#[tokio::test]
async fn a_write_that_is_refused_stores_no_message() {
    let way = Way::open();
    let office = post_office(&way).await;
    let api = office.api();
    api.post("/parcels", &json!({"place": 5})).await.expect(400);
    api.patch("/parcels/1", &at("there")).await.expect(404);
    api.post("/parcels", &json!({"id": 1, "place": "here"}))
        .await
        .expect(202);
    api.post("/parcels", &json!({"id": 1, "place": "again"}))
        .await
        .expect(409);
    let request = api.request("PATCH", "/parcels/1");
    let request = request
        .header("content-type", "application/json")
        .header("if-match", "\"another\"");
    api.send(request.body(at("there").to_string()))
        .await
        .expect(412);
    assert_eq!(way.begun(), 1);
    assert!(is_empty(office.database()).await);
}

#[tokio::test]
async fn requests_that_wait_have_no_hook_tried_before_its_time() {
    let way = Way::open();
    way.fail(true);
    let pause = Duration::from_secs(1);
    let retries = Retries::default().first_pause(pause).longest_pause(pause);
    let office = Store::new::<(Parcel, Event)>().await;
    let office = office.serve(|api| api_of(api, &way).retries(retries)).await;
    office.api().post("/parcels", &at("0")).await.expect(201);
    let began = Instant::now();
    let mut clients = Vec::new();
    while began.elapsed() < Duration::from_millis(2500) {
        let api = office.api();
        let patch = async move { api.patch("/parcels/1", &at("1")).await.expect(200) };
        clients.push(tokio::spawn(patch));
        sleep(Duration::from_millis(50)).await;
    }
    for client in clients {
        client.await.unwrap();
    }
    // The first attempt, and one for each pause that is over by now, which may be a tenth shorter.
    assert!(way.begun() <= 5, "{} attempts", way.begun());
}

#[tokio::test]
async fn a_hook_that_ends_the_program_each_time_is_given_up() {
    let way = Way::open();
    way.fail(true);
    let office = post_office(&way).await;
    let pause = Duration::from_mins(10);
    office.api().post("/parcels", &at("here")).await.expect(201);
    let outbox = office.database().outbox();
    eventually("the end of the attempts", async || {
        (outbox.count_dead().await.unwrap() == 1).then_some(())
    })
    .await;
    let begun = way.begun();
    // As it would stand after three attempts that nobody came back from.
    office.scratch().execute(
        "UPDATE topchef_outbox SET dead_at = NULL, error = NULL, attempts = 3, due_at = 0",
    );
    let dead = eventually("a message that is given up", async || {
        outbox.dead(0, 1).await.unwrap().pop()
    })
    .await;
    assert_eq!(way.begun(), begun, "it was begun again");
    let error = dead.error.unwrap();
    assert_eq!(error, "the hook was begun 3 times and did not end");
    assert!(dead.due_at < chrono::Utc::now() + pause);
}

#[tokio::test]
async fn each_of_several_records_is_answered_by_its_own_hook_however_long_that_takes() {
    let way = Way {
        takes: Duration::from_millis(300),
        ..Way::open()
    };
    let office = post_office(&way).await;
    let places = ["a", "b", "c", "d", "e", "f", "g"];
    let answer = office.api().post("/parcels", &json!(places.map(at))).await;
    let expected = places.map(|place| json!({"followed": place}));
    assert_eq!(answer.expect(201).json()["data"], json!(expected));
    assert_eq!(way.begun(), places.len());
}

#[tokio::test]
async fn a_change_of_nothing_is_followed_in_its_place() {
    let way = Way::open();
    let office = post_office(&way).await;
    office.api().post("/parcels", &at("0")).await.expect(202);
    office
        .api()
        .patch("/parcels/1", &json!({}))
        .await
        .expect(202);
    let texts = texts(office.database()).await;
    assert_eq!(texts, ["POST 0 None", "PATCH 0 None"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_programs_over_one_outbox_run_each_hook_once_and_in_order() {
    let (one, other) = (Way::open(), Way::open());
    let store = Store::new::<(Parcel, Event)>().await;
    let second = topchef_runtime::Api::new(store.opened_again().await);
    let second = topchef_tests::local::Served::new(api_of(second, &other)).await;
    let first = store.serve(|api| api_of(api, &one)).await;
    first.api().post("/parcels", &at("start")).await.expect(202);
    let clients = (0..30).map(|client| {
        let api = if client % 2 == 0 {
            first.api()
        } else {
            second.api()
        };
        tokio::spawn(async move {
            let place = format!("place {client}");
            let answer = api.patch("/parcels/1", &at(&place)).await;
            assert!([200, 202].contains(&answer.status), "{answer:?}");
        })
    });
    for client in clients.collect::<Vec<_>>() {
        client.await.unwrap();
    }
    eventually("an empty outbox", async || {
        is_empty(first.database()).await.then_some(())
    })
    .await;
    assert_eq!(one.begun() + other.begun(), 31);
    let mut texts = texts(first.database()).await;
    assert_eq!(texts.len(), 31);
    texts.sort();
    texts.dedup();
    assert_eq!(texts.len(), 31, "a hook ran twice");
}
