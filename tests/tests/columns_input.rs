//! What columns ask of clients' values, decimals that stay exact, and records as JSON in code.
//!
//! It knows the runtime's public surface and HTTP.

#![expect(
    clippy::unwrap_used,
    reason = "what a test's helpers cannot do stops the test"
)]

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Value, json};
use topchef_runtime::{
    ApiError, Context, FromJson, Input, Method, ModelResource, Next, Tracked, Transaction,
};
use topchef_tests::local::{Local, Resourceful};
use uuid::Uuid;

const WRONG: &str = "Deserialization Error From Client Data";

#[derive(Debug, ModelResource)]
#[resource(rename_all = "camelCase")]
struct Account {
    id: i64,
    #[resource(min_length = 2, max_length = 4)]
    code: String,
    #[resource(minimum = 1450, maximum = 2100, default = 2000)]
    opened_in: i32,
    #[resource(minimum = 0.5, maximum = 0.9, default = 0.5)]
    share: f64,
    #[resource(minimum = 0.01, maximum = 1000, default = Decimal::ONE)]
    fee: Decimal,
    #[resource(pattern = "^[A-Z]{2}[0-9]+$")]
    iban: Option<String>,
    #[resource(format = "email")]
    email: Option<String>,
    #[resource(format = "uri")]
    home: Option<String>,
    #[resource(format = "ipv4")]
    seen_at: Option<String>,
    #[resource(format = "ipv6")]
    seen_at_6: Option<String>,
}

/// A price list by the price itself.
#[derive(ModelResource)]
struct Tariff {
    #[resource(primary_key)]
    price: Decimal,
    #[resource(index)]
    rebate: Option<Decimal>,
}

#[tokio::test]
async fn every_bound_has_its_code_and_all_columns_are_told() {
    let local = Local::start::<Account>(Resourceful::resource::<Account>).await;
    let api = local.api();
    let body = json!({
        "code": "a", "openedIn": 1449, "share": 0.91, "fee": "0.0099", "iban": "de1",
        "email": "nobody", "home": "example.org", "seenAt": "::1", "seenAt6": "127.0.0.1",
    });
    let answer = api.post("/accounts", &body).await;
    let faults = answer.refused(400, WRONG);
    let codes: BTreeMap<_, _> = faults
        .iter()
        .map(|fault| {
            (
                fault.pointer.as_deref().unwrap_or_default(),
                fault.code.as_str(),
            )
        })
        .collect();
    assert_eq!(
        codes,
        BTreeMap::from([
            ("/code", "min_length"),
            ("/openedIn", "minimum"),
            ("/share", "maximum"),
            ("/fee", "minimum"),
            ("/iban", "pattern"),
            ("/email", "format"),
            ("/home", "format"),
            ("/seenAt", "format"),
            ("/seenAt6", "format"),
        ])
    );
}

#[tokio::test]
async fn values_on_the_bounds_are_taken_and_a_patch_asks_the_same() {
    let local = Local::start::<Account>(Resourceful::resource::<Account>).await;
    let api = local.api();
    let body = json!({
        "code": "ab", "openedIn": 2100, "share": 0.9, "fee": 0.01, "iban": "DE12",
        "email": "a@b.example", "home": "https://example.org/a", "seenAt": "127.0.0.1", "seenAt6": "::1",
    });
    let made = api.post("/accounts", &body).await.expect(201).made();
    let made = format!("/accounts/{made}");
    for (body, pointer) in [
        (json!({"code": "abcde"}), "/code"),
        (json!({"openedIn": 2101}), "/openedIn"),
        (json!({"share": 0.49}), "/share"),
        (json!({"fee": 1000.01}), "/fee"),
        (json!({"email": "a@b@c"}), "/email"),
    ] {
        let answer = api.patch(&made, &body).await;
        answer.refused_at(WRONG, &[pointer]);
    }
    // Null is no value, and no bound is for it.
    let nulls = json!({"iban": null, "email": null, "home": null});
    api.patch(&made, &nulls).await.expect(200);
}

#[tokio::test]
async fn decimals_are_exact_from_the_wire_to_the_disk_and_back() {
    let local = Local::start::<Tariff>(Resourceful::resource::<Tariff>).await;
    let api = local.api();
    for (sent, shown) in [
        ("0.10", "0.10"),
        ("\"1.50\"", "1.50"),
        (
            "12345678901234567890.12345678",
            "12345678901234567890.12345678",
        ),
        ("1e3", "1000"),
        ("-0", "0"),
        ("-7.25", "-7.25"),
    ] {
        let body = format!(r#"{{"price": {sent}, "rebate": {sent}}}"#);
        let answer = api.text("POST", "/tariffs", &body).await.expect(201);
        assert_eq!(answer.json()["data"]["price"], shown, "{sent}");
        assert_eq!(answer.json()["data"]["rebate"], shown, "{sent}");
        let found = api
            .get(&format!("/tariffs/{}", answer.made()))
            .await
            .expect(200);
        assert_eq!(found.json()["data"]["rebate"], shown, "{sent}");
    }
    for (sent, code) in [
        ("1e40", "precision"),
        ("0.00000000000000000000000000001", "precision"),
        ("true", "type"),
        ("\"1,5\"", "type"),
    ] {
        let body = format!(r#"{{"price": 1, "rebate": {sent}}}"#);
        let answer = api.text("POST", "/tariffs", &body).await;
        let faults = answer.refused_at(WRONG, &["/rebate"]);
        assert_eq!(faults[0].code, code, "{sent}");
    }
}

#[tokio::test]
async fn decimals_are_keys_by_what_they_say() {
    let local = Local::start::<Tariff>(Resourceful::resource::<Tariff>).await;
    let api = local.api();
    api.post("/tariffs", &json!({"price": "1.50"}))
        .await
        .expect(201);
    api.get("/tariffs/1.5").await.expect(200);
    api.get("/tariffs/1.500").await.expect(200);
    api.get("/tariffs/1.51").await.expect(404);
    api.get("/tariffs/one").await.expect(404);
    let answer = api.post("/tariffs", &json!({"price": 1.5})).await;
    assert_eq!(answer.problem(409)[0].pointer.as_deref(), Some("/price"));
    api.put("/tariffs/1.5", &json!({"price": "1.50", "rebate": 1}))
        .await
        .expect(200);
}

#[tokio::test]
async fn decimals_sort_and_compare_as_numbers() {
    let local = Local::start::<Tariff>(Resourceful::resource::<Tariff>).await;
    let api = local.api();
    for price in ["10", "9.5", "-3", "100.00", "9.25"] {
        let body = json!({"price": price, "rebate": price});
        api.post("/tariffs", &body).await.expect(201);
    }
    let prices = async |query: &str| -> Vec<String> {
        let answer = api.get(&format!("/tariffs?{query}")).await.expect(200);
        let rows = answer.json()["data"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        rows.iter()
            .map(|row| row["price"].as_str().unwrap_or_default().to_owned())
            .collect()
    };
    assert_eq!(
        prices("sort=price").await,
        ["-3", "9.25", "9.5", "10", "100.00"]
    );
    assert_eq!(
        prices("sort=-rebate&rebate[gt]=9.25").await,
        ["100.00", "10", "9.5"]
    );
    assert_eq!(prices("rebate=100").await, ["100.00"]);
    api.get("/tariffs?rebate=ten").await.problem(400);
}

/// A hook may give what a client may not.
#[derive(ModelResource)]
#[resource(process_input(post = give))]
struct Gift {
    id: i64,
    #[resource(max_length = 2, default = "")]
    text: String,
}

async fn give(_cx: &Context, input: &mut Input<Gift>) -> Result<(), ApiError> {
    input.set(Gift::TEXT, "longer");
    Ok(())
}

#[tokio::test]
async fn bounds_are_for_clients() {
    let local = Local::start::<Gift>(Resourceful::resource::<Gift>).await;
    let answer = local.api().post("/gifts", &json!({})).await.expect(201);
    assert_eq!(answer.json()["data"]["text"], "longer");
}

/// What serde cannot write.
#[derive(Clone, Debug, Default, Deserialize)]
struct Unwritable;

impl Serialize for Unwritable {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("the cat ate it"))
    }
}

#[derive(ModelResource)]
#[resource(process_input(post = fill), before_commit(patch = touch))]
struct Diary {
    id: i64,
    #[resource(json)]
    page: Option<Unwritable>,
}

async fn fill(_cx: &Context, input: &mut Input<Diary>) -> Result<(), ApiError> {
    input.set(Diary::PAGE, Unwritable);
    Ok(())
}

async fn touch(
    _cx: &Context,
    _tx: &mut Transaction,
    diary: &mut Tracked<Diary>,
) -> Result<Next, ApiError> {
    diary.set(Diary::PAGE, Unwritable);
    Ok(Next::Proceed)
}

#[tokio::test]
async fn a_json_field_that_cannot_be_written_is_never_stored_as_null() {
    let local = Local::start::<Diary>(Resourceful::resource::<Diary>).await;
    let api = local.api();
    let answer = api.post("/diaries", &json!({})).await;
    assert_eq!(answer.problem(500).len(), 1);
    let mut tx = local.database().transaction().await.unwrap();
    let unwritable = Diary {
        id: 0,
        page: Some(Unwritable),
    };
    assert!(unwritable.to_json(Method::Get).is_err());
    assert_eq!(tx.insert(&unwritable).await.err().unwrap().status(), 500);
    let empty = Diary { id: 0, page: None };
    let stored = tx.insert(&empty).await.unwrap();
    let mut diary = tx.get::<Diary>(stored.id).await.unwrap().unwrap();
    diary.set(Diary::PAGE, Unwritable);
    assert_eq!(tx.save(&mut diary).await.err().unwrap().status(), 500);
    tx.commit().await.unwrap();
    api.patch("/diaries/1", &json!({})).await.problem(500);
}

#[derive(Debug, ModelResource)]
#[resource(rename_all = "camelCase", serial_fields = [id, title, label()])]
struct Book {
    id: Uuid,
    #[resource(max_length = 10)]
    title: String,
    #[resource(default = 7)]
    shelf_number: i32,
    #[resource(read_only, default = 3)]
    stars: i32,
    #[resource(write_only)]
    secret: Option<String>,
    price: Decimal,
}

impl Book {
    fn label(&self) -> String {
        format!("{}:{}", self.shelf_number, self.title)
    }
}

fn parsed(json: &[u8]) -> Value {
    serde_json::from_slice(json).unwrap()
}

#[test]
fn a_record_is_read_from_json_as_a_post_reads_it() {
    let body = br#"{"title": "Dune", "shelf_number": 9, "secret": "x", "price": 1.50}"#;
    let book = Book::from_json(body).unwrap();
    assert_eq!(
        parsed(&book.to_json(Method::Get).unwrap()),
        json!({"id": book.id, "title": "Dune", "label": "9:Dune"})
    );
    assert_eq!(
        book.to_json_of(&["shelfNumber", "label", "stars", "title", "stars", "price"])
            .unwrap(),
        br#"{"shelfNumber":9,"label":"9:Dune","stars":3,"title":"Dune","price":"1.50"}"#
    );
    assert_eq!(book.secret.as_deref(), Some("x"));
    assert_eq!(book.to_json_of(&[]).unwrap(), b"{}");
    for hidden in ["secret", "titel", ""] {
        let error = book.to_json_of(&["id", hidden]).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("no field called `{hidden}` goes out")
        );
    }
}

#[test]
fn everything_that_is_wrong_with_a_record_is_told() {
    let body = br#"{"title": "longer than ten", "shelfNumber": "9", "stars": 5, "colour": 1}"#;
    let report = Book::from_json(body).unwrap_err();
    let mut pointers: Vec<_> = report
        .errors()
        .iter()
        .filter_map(ApiError::pointer)
        .collect();
    pointers.sort_unstable();
    assert_eq!(
        pointers,
        ["/colour", "/price", "/shelfNumber", "/stars", "/title"]
    );
    assert_eq!(report.status(), 400);
    for body in [&b"[]"[..], b"", b"{", b"null", b"\xff"] {
        assert_eq!(Book::from_json(body).unwrap_err().status(), 400);
    }
}
