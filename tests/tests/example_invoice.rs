//! The example `invoice` as its users have it: its program, the requests of its page, and what it refuses.

use serde_json::{Value, json};
use topchef_tests::{Api, Example, walk, walk_comment};

const SOURCE: &str = include_str!("../../topchef-runtime/examples/invoice.rs");
const PAGE: &str = include_str!("../../topchef-runtime/src/docs/examples/invoice.md");
const WRONG: &str = "Deserialization Error From Client Data";

#[tokio::test]
async fn its_page_is_true() {
    walk(&Example::start("invoice").api(), PAGE).await;
}

#[tokio::test]
async fn its_comment_is_true() {
    let example = Example::start("invoice");
    walk_comment(&example.api(), SOURCE, &[201, 200, 200]).await;
}

fn invoice(items: &[Value]) -> Value {
    json!({"user_id": 7, "invoice_date": "2020-02-29", "invoice_items": items})
}

fn item(part_code: &str, unit_price: &str) -> Value {
    json!({"part_code": part_code, "units": 3, "unit_price": unit_price})
}

async fn totals(api: &Api) -> [Value; 2] {
    let mut totals = [Value::Null, Value::Null];
    for (total, path) in totals.iter_mut().zip(["/invoices", "/invoice-items"]) {
        let answer = api.get(&format!("{path}?count=exact")).await.expect(200);
        *total = answer.json()["meta"]["total"].clone();
    }
    totals
}

#[tokio::test]
async fn one_wrong_item_refuses_the_whole_invoice() {
    let example = Example::start("invoice");
    let api = example.api();
    for (field, value) in [
        ("units", json!(0)),
        ("units", json!(-1)),
        ("units", json!(1.5)),
        ("unit_price", json!("-0.01")),
        ("unit_price", json!("9,99")),
        ("part_code", json!("x".repeat(21))),
        ("invoice_id", json!(1)),
        ("invoice", json!({})),
    ] {
        let mut wrong = item("b", "1");
        wrong[field] = value;
        let answer = api
            .post("/invoices", &invoice(&[item("a", "1"), wrong]))
            .await;
        answer.refused_at(WRONG, &[&format!("/invoice_items/1/{field}")]);
    }
    let answer = api.post("/invoices", &json!({"invoice_items": {}})).await;
    answer.refused_at(WRONG, &["/invoice_items", "/user_id", "/invoice_date"]);
    let many = json!([invoice(&[item("a", "1")]), invoice(&[item("", "1")])]);
    let answer = api.post("/invoices", &many).await;
    answer.refused_at(WRONG, &["/1/invoice_items/0/part_code"]);
    assert_eq!(totals(&api).await, [0, 0]);

    let lonely = json!({"part_code": "a", "units": 1, "unit_price": "1"});
    let answer = api.post("/invoice-items", &lonely).await;
    answer.refused_at(WRONG, &["/invoice_id"]);
    let lost = json!({"invoice_id": 9, "part_code": "a", "units": 1, "unit_price": "1"});
    let answer = api.post("/invoice-items", &lost).await;
    answer.refused(409, "Conflict");
    assert_eq!(totals(&api).await, [0, 0]);
}

#[tokio::test]
async fn prices_are_exact() {
    let example = Example::start("invoice");
    let api = example.api();
    let items = [
        item("a", "0.1"),
        item("b", "1234567890123456789.01"),
        item("c", "0"),
    ];
    let answer = api.post("/invoices", &invoice(&items)).await.expect(201);
    let items = answer.json()["data"]["invoice_items"].clone();
    let amounts = items.as_array().unwrap().iter();
    let amounts: Vec<_> = amounts.map(|item| &item["amount"]).collect();
    assert_eq!(amounts, ["0.3", "3703703670370370367.03", "0"]);
    // What cannot be multiplied any more has no amount.
    let dear = item("d", "79228162514264337593543950335");
    let answer = api.post("/invoices", &invoice(&[dear])).await;
    let items = answer.expect(201).json()["data"]["invoice_items"].clone();
    assert_eq!(items[0]["unit_price"], "79228162514264337593543950335");
    assert_eq!(items[0]["amount"], Value::Null);
}
