//! A POST with records below the record, to any depth: all of it in one transaction, each error at its place.

#![expect(
    clippy::unwrap_used,
    reason = "what a test's helpers cannot do stops the test"
)]

use std::sync::{Arc, Mutex};

use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};
use topchef_runtime::{
    ApiError, Committed, Context, Input, Method, ModelResource, Next, Permit, Reply, Report,
    Tracked, Transaction,
};
use topchef_tests::local::Local;
use uuid::Uuid;

const WRONG: &str = "Deserialization Error From Client Data";

/// An invoice with its items and its cover; no hook watches it.
#[derive(ModelResource)]
#[resource(
    rename_all = "camelCase",
    relations(
        invoice_items(has_many = Item, by = invoice_id),
        cover(has_one = Cover, by = invoice_id)
    ),
    serial_fields(get = [id, customer, invoice_items, cover], post = [id, customer, invoice_items, cover])
)]
struct Invoice {
    id: i64,
    #[resource(max_length = 10)]
    customer: String,
    note: Option<String>,
}

/// An item of an invoice, made of parts; hooks and a policy watch it.
#[derive(Debug, ModelResource)]
#[resource(
    relations(
        invoice(belongs_to = Invoice, by = invoice_id),
        parts(has_many = Part, by = item_id)
    ),
    serial_fields(get = [id, code, units, parts], list = [id, code, units, parts]),
    process_input(post = settle),
    before_commit(post = weigh),
    after_commit(post = tell),
    authorize = sellers
)]
struct Item {
    id: Uuid,
    #[resource(references = Invoice)]
    invoice_id: i64,
    #[resource(unique, max_length = 10)]
    code: String,
    #[resource(minimum = 1)]
    units: i32,
}

/// A part of an item.
#[derive(ModelResource)]
#[resource(methods(get, list, post))]
struct Part {
    id: i64,
    #[resource(references = Item)]
    item_id: Uuid,
    name: String,
}

/// The one cover of an invoice.
#[derive(ModelResource)]
struct Cover {
    id: i64,
    #[resource(references = Invoice)]
    invoice_id: i64,
    colour: String,
}

/// Somebody with others below.
#[derive(ModelResource)]
#[resource(
    relations(reports(has_many = Person, by = boss_id), boss(belongs_to = Person, by = boss_id)),
    serial_fields(post = [name, reports])
)]
struct Person {
    id: i64,
    #[resource(references = Person)]
    boss_id: Option<i64>,
    name: String,
}

/// What hooks of items write beside them.
#[derive(Debug, ModelResource)]
struct Note {
    id: i64,
    text: String,
}

/// What `after_commit` hooks saw.
#[derive(Clone, Debug, Default)]
struct Told(Arc<Mutex<Vec<String>>>);

async fn sellers(cx: &Context, method: Method) -> Result<Permit<Item>, Report> {
    match cx.headers().get("x-seller").map(HeaderValue::as_bytes) {
        Some(b"thief") if method == Method::Post => {
            Err(ApiError::new(StatusCode::FORBIDDEN, "Forbidden", "not to thieves").into())
        }
        Some(b"small") => Ok(Permit::rows(Item::UNITS.lt(10))),
        _ => Ok(Permit::all()),
    }
}

async fn settle(_: &Context, input: &mut Input<Item>) -> Result<(), Report> {
    let code = input.get(Item::CODE)?.unwrap_or_default();
    if code == "forbidden" {
        return Err(ApiError::deserialization("code", "taste", "is in bad taste").into());
    }
    input.set(Item::CODE, code.to_lowercase());
    Ok(())
}

async fn weigh(
    _: &Context,
    tx: &mut Transaction,
    item: &mut Tracked<Item>,
) -> Result<Next, Report> {
    let text = format!("{} of {}", item.code, item.invoice_id);
    tx.insert(&Note { id: 0, text }).await?;
    match item.code.as_str() {
        "heavy" => Err(ApiError::deserialization("units", "weight", "is too heavy").into()),
        "divert" => Ok(Next::Instead(Reply::no_content())),
        _ => Ok(Next::Proceed),
    }
}

async fn tell(cx: &Context, _: &mut Transaction, item: &Committed<Item>) -> Result<Next, Report> {
    let told = cx.state::<Told>().unwrap();
    told.0.lock().unwrap().push(item.code.clone());
    match item.code.as_str() {
        "deaf" => Err(ApiError::new(StatusCode::BAD_GATEWAY, "Deaf", "nobody listens").into()),
        "loud" => Ok(Next::Instead(Reply::no_content())),
        _ => Ok(Next::Proceed),
    }
}

struct Shop {
    local: Local,
    told: Told,
}

impl Shop {
    async fn open() -> Self {
        let told = Told::default();
        let state = told.clone();
        let local = Local::start::<(Invoice, Item, Part, Cover, Person, Note)>(|api| {
            api.resource::<Invoice>()
                .resource::<Item>()
                .resource::<Person>()
                .state(state)
        });
        Self {
            local: local.await,
            told,
        }
    }

    async fn post(&self, body: &Value) -> topchef_tests::Answer {
        self.local.api().post("/invoices", body).await
    }

    /// How many invoices, items, parts, covers and notes there are.
    async fn counts(&self) -> [usize; 5] {
        let database = self.local.database();
        [
            database.select::<Invoice>().all().await.unwrap().len(),
            database.select::<Item>().all().await.unwrap().len(),
            database.select::<Part>().all().await.unwrap().len(),
            database.select::<Cover>().all().await.unwrap().len(),
            database.select::<Note>().all().await.unwrap().len(),
        ]
    }

    fn told(&self) -> Vec<String> {
        self.told.0.lock().unwrap().clone()
    }
}

fn item(code: &str) -> Value {
    json!({"code": code, "units": 3})
}

fn invoice(items: &[Value]) -> Value {
    json!({"customer": "Ada", "invoiceItems": items})
}

#[tokio::test]
async fn records_are_written_with_the_one_above_them() {
    let shop = Shop::open().await;
    let body = json!({
        "customer": "Ada",
        "invoiceItems": [
            {"code": "A", "units": 1, "parts": [{"name": "wheel"}, {"name": "axle"}]},
            {"code": "B", "units": 2, "parts": []},
        ],
        "cover": {"colour": "red"},
    });
    let answer = shop.post(&body).await.expect(201);
    assert_eq!(answer.header("location"), Some("/invoices/1"));
    let data = answer.json()["data"].clone();
    assert_eq!(data["cover"]["colour"], "red");
    assert_eq!(data["cover"]["invoice_id"], 1);
    let items = data["invoiceItems"].as_array().unwrap();
    let codes: Vec<_> = items.iter().map(|item| &item["code"]).collect();
    assert_eq!(codes, ["a", "b"], "as their own hook settled them");
    let parts = items[0]["parts"].as_array().unwrap();
    let names: Vec<_> = parts.iter().map(|part| &part["name"]).collect();
    assert_eq!(names, ["wheel", "axle"]);
    assert_eq!(items[1]["parts"], json!([]));
    assert_eq!(
        shop.local.api().get("/invoices/1").await.json()["data"],
        data
    );

    let notes = shop.local.database().select::<Note>().all().await.unwrap();
    let notes: Vec<_> = notes.into_iter().map(|note| note.text).collect();
    assert_eq!(notes, ["a of 1", "b of 1"], "the hook saw the key above");
    assert_eq!(shop.told(), ["a", "b"]);

    // Either spelling of a relation's name.
    let other = json!({"customer": "Bob", "invoice_items": [item("c")]});
    shop.post(&other).await.expect(201);
    assert_eq!(shop.counts().await, [2, 3, 2, 1, 3]);
}

#[tokio::test]
async fn everything_that_is_wrong_at_any_level_is_told_at_once() {
    let shop = Shop::open().await;
    let body = json!({
        "customer": "somebody with a long name",
        "invoiceItems": [
            {"code": "a", "units": 0, "parts": [{"name": "ok"}, {"name": 5}, {}]},
            {"units": 1, "invoice_id": 7},
            "none",
            {"code": "b", "units": 1, "colour": "red", "parts": {"name": "x"}},
            {"code": "c", "units": 1, "parts": [{"name": "x", "item_id": null}, [], null]},
            null,
        ],
        "cover": {"invoiceId": 1},
        "items": [],
    });
    let answer = shop.post(&body).await;
    answer.refused_at(
        WRONG,
        &[
            "/customer",
            "/items",
            "/invoiceItems/0/units",
            "/invoiceItems/0/parts/1/name",
            "/invoiceItems/0/parts/2/name",
            "/invoiceItems/1/code",
            "/invoiceItems/1/invoice_id",
            "/invoiceItems/2",
            "/invoiceItems/3/colour",
            "/invoiceItems/3/parts",
            "/invoiceItems/4/parts/0/item_id",
            "/invoiceItems/4/parts/1",
            "/invoiceItems/4/parts/2",
            "/invoiceItems/5",
            "/cover/invoiceId",
            "/cover/colour",
        ],
    );
    assert_eq!(shop.counts().await, [0; 5]);
    assert_eq!(shop.told(), [""; 0]);
}

#[tokio::test]
async fn a_relation_takes_what_it_is() {
    let shop = Shop::open().await;
    for wrong in [json!({}), json!("a"), json!(null), json!(1)] {
        let body = json!({"customer": "Ada", "invoiceItems": wrong});
        let answer = shop.post(&body).await;
        answer.refused_at(WRONG, &["/invoiceItems"]);
    }
    for wrong in [json!([]), json!("a"), json!([{"colour": "red"}])] {
        let body = json!({"customer": "Ada", "cover": wrong});
        let answer = shop.post(&body).await;
        answer.refused_at(WRONG, &["/cover"]);
    }
    let none = json!({"customer": "Ada", "cover": null});
    shop.post(&none).await.expect(201);
    let twice = json!({"customer": "Ada", "invoiceItems": [], "invoice_items": []});
    let faults = shop
        .post(&twice)
        .await
        .refused_at(WRONG, &["/invoiceItems"]);
    assert_eq!(faults[0].code, "duplicate");
    // Upwards, and in other methods, there is no such field.
    let item = json!({"code": "a", "units": 1, "invoice_id": 1, "invoice": {"customer": "Ada"}});
    let answer = shop.local.api().post("/items", &item).await;
    answer.refused_at(WRONG, &["/invoice"]);
    for method in ["PUT", "PATCH"] {
        let body = json!({"customer": "Ada", "invoiceItems": []}).to_string();
        let answer = shop.local.api().text(method, "/invoices/1", &body).await;
        let faults = answer.refused_at(WRONG, &["/invoiceItems"]);
        assert_eq!(faults[0].code, "unknown_field", "{method}");
    }
    assert_eq!(shop.counts().await, [1, 0, 0, 0, 0]);
}

#[tokio::test]
async fn one_conflict_below_undoes_all_of_it() {
    let shop = Shop::open().await;
    shop.post(&invoice(&[item("taken")])).await.expect(201);
    let answer = shop.post(&invoice(&[item("new"), item("TAKEN")])).await;
    let faults = answer.refused(409, "Conflict");
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].pointer.as_deref(), Some("/invoiceItems/1/code"));
    assert_eq!(faults[0].code, "unique");
    assert_eq!(shop.counts().await, [1, 1, 0, 0, 1]);
}

#[tokio::test]
async fn hooks_of_lower_records_refuse_for_all() {
    let shop = Shop::open().await;
    let answer = shop.post(&invoice(&[item("a"), item("forbidden")])).await;
    answer.refused_at(WRONG, &["/invoiceItems/1/code"]);
    let answer = shop.post(&invoice(&[item("a"), item("heavy")])).await;
    answer.refused_at(WRONG, &["/invoiceItems/1/units"]);
    assert_eq!(shop.counts().await, [0; 5]);
    assert_eq!(shop.told(), [""; 0]);
}

#[tokio::test]
async fn a_lower_record_that_a_hook_answers_for_is_not_written() {
    let shop = Shop::open().await;
    let diverted = json!({"code": "divert", "units": 1, "parts": [{"name": "lost"}]});
    let answer = shop.post(&invoice(&[diverted, item("b")])).await;
    let data = answer.expect(201).json()["data"].clone();
    assert_eq!(data["invoiceItems"].as_array().unwrap().len(), 1);
    // Its hook's own writes stay, and nothing below it has anything to stand on.
    assert_eq!(shop.counts().await, [1, 1, 0, 0, 2]);
    assert_eq!(shop.told(), ["b"]);
}

#[tokio::test]
async fn what_follows_the_commit_of_lower_records_only_marks_the_answer() {
    let shop = Shop::open().await;
    let answer = shop.post(&invoice(&[item("deaf"), item("loud")])).await;
    let answer = answer.expect(201).json();
    assert_eq!(answer["data"]["invoiceItems"].as_array().unwrap().len(), 2);
    assert_eq!(answer["meta"], json!({"after_commit": "failed"}));
    assert_eq!(shop.told(), ["deaf", "loud"]);
}

#[tokio::test]
async fn the_policy_of_lower_records_is_asked() {
    let shop = Shop::open().await;
    let api = shop.local.api();
    let post = async |seller: &str, body: Value| {
        let request = api.request("POST", "/invoices").header("x-seller", seller);
        let request = request.header("content-type", "application/json");
        api.send(request.body(body.to_string())).await
    };
    // Before anything is told of the body.
    let wrong = json!({"customer": 5, "invoiceItems": [{"units": "many"}]});
    post("thief", wrong).await.problem(403);
    post("thief", invoice(&[item("a")])).await.problem(403);
    let many = invoice(&[item("a"), json!({"code": "b", "units": 10})]);
    post("small", many).await.problem(403);
    assert_eq!(shop.counts().await, [0; 5]);
    post("small", invoice(&[item("a")])).await.expect(201);
    assert_eq!(shop.counts().await, [1, 1, 0, 0, 1]);
}

#[tokio::test]
async fn several_records_bring_those_below_them() {
    let shop = Shop::open().await;
    let body = json!([
        invoice(&[item("a"), item("b")]),
        invoice(&[]),
        invoice(&[item("c")])
    ]);
    let data = shop.post(&body).await.expect(201).json()["data"].clone();
    let numbers = data.as_array().unwrap().iter();
    let numbers: Vec<_> = numbers
        .map(|invoice| invoice["invoiceItems"].as_array().unwrap().len())
        .collect();
    assert_eq!(numbers, [2, 0, 1]);
    let wrong = json!([invoice(&[]), invoice(&[item("d"), json!({"code": "e"})])]);
    let answer = shop.post(&wrong).await;
    answer.refused_at(WRONG, &["/1/invoiceItems/1/units"]);
    let taken = json!([invoice(&[item("d")]), invoice(&[item("d")])]);
    let faults = shop.post(&taken).await.refused(409, "Conflict");
    assert_eq!(faults[0].pointer.as_deref(), Some("/1/invoiceItems/0/code"));
    assert_eq!(shop.counts().await, [3, 3, 0, 0, 3]);
}

#[tokio::test]
async fn a_resource_may_be_below_itself_as_deep_as_a_body_is() {
    let shop = Shop::open().await;
    let api = shop.local.api();
    let mut person = json!({"name": "last"});
    for level in (0..60).rev() {
        person = json!({"name": level.to_string(), "reports": [person, {"name": "other"}]});
    }
    api.post("/people", &person).await.expect(201);
    let people = shop
        .local
        .database()
        .select::<Person>()
        .all()
        .await
        .unwrap();
    assert_eq!(people.len(), 121);
    let bosses = people.iter().filter(|person| person.boss_id.is_none());
    assert_eq!(bosses.count(), 1);
    for person in people.iter().filter(|person| person.name == "7") {
        let boss = people.iter().find(|boss| Some(boss.id) == person.boss_id);
        assert_eq!(boss.unwrap().name, "6");
    }
    let answer = api.get("/people?name=0&include=reports").await;
    assert!(answer.status < 500, "{answer:?}");

    for _ in 0..10 {
        person = json!({"name": "too deep", "reports": [person]});
    }
    let faults = api.post("/people", &person).await.problem(400);
    assert_eq!(faults[0].code, "too_deep");
}

#[tokio::test]
async fn a_body_brings_so_many_records_and_no_more() {
    let shop = Shop::open().await;
    let many: Vec<_> = (0..10_001).map(|_| json!({"name": "x"})).collect();
    let body = json!({"name": "boss", "reports": many});
    let answer = shop.local.api().post("/people", &body).await;
    let faults = answer.problem(413);
    assert_eq!(faults[0].pointer.as_deref(), Some("/reports"));
    assert_eq!(faults[0].code, "too_many_records");
    let people = shop
        .local
        .database()
        .select::<Person>()
        .all()
        .await
        .unwrap();
    assert_eq!(people.len(), 0);
}

/// Who signed something; the entries are made by the application alone.
#[derive(ModelResource)]
#[resource(relations(entries(has_many = Entry, by = signer_id)))]
struct Signer {
    id: i64,
    name: String,
}

#[derive(ModelResource)]
#[resource(methods(get, list))]
struct Entry {
    id: i64,
    #[resource(references = Signer)]
    signer_id: i64,
}

#[tokio::test]
async fn what_cannot_be_posted_cannot_be_brought_along() {
    let local =
        Local::start::<(Signer, Entry)>(|api| api.resource::<Signer>().resource::<Entry>()).await;
    let api = local.api();
    let body = json!({"name": "Ada", "entries": [{}]});
    let faults = api.post("/signers", &body).await.problem(400);
    assert_eq!(faults[0].pointer.as_deref(), Some("/entries"));
    assert_eq!(faults[0].code, "unknown_field");
    let entries = api.get("/signers?include=entries").await.expect(200).json();
    assert_eq!(entries["data"], json!([]));
}
