//! Hooks: each phase of each method changes, refuses, answers instead, panics; and what of it all remains.
//!
//! What a hook is to do stands in the request, one header a phase: `x-before-commit: refuse`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what a test's helpers cannot do stops the test, and hooks panic on purpose"
)]

use http::StatusCode;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::time::{sleep, timeout};
use topchef_runtime::{
    ApiError, Committed, Context, Database, Input, ModelResource, Next, Reply, Report, Select,
    Tracked, Transaction,
};
use topchef_tests::local::{Local, Served, Store};
use topchef_tests::{Answer, Api, Kind, eventually};

const WRONG: &str = "Deserialization Error From Client Data";
/// How long a hook that dawdles does so.
const DAWDLE: Duration = Duration::from_millis(300);
/// A request that is not held up takes much less.
const PROMPT: Duration = Duration::from_secs(2);

/// An account; its owner is given by a hook.
#[derive(Clone, Debug, ModelResource)]
#[resource(
    process_input(get = narrow, list = narrow, delete = narrow, post = settle, put = settle, patch = settle),
    before_commit(post = before, put = before, patch = before, delete = before),
    after_commit(post = after, put = after, patch = after, delete = after)
)]
struct Account {
    id: i64,
    #[resource(max_length = 20)]
    name: String,
    #[resource(read_only)]
    owner: String,
    #[resource(default, index)]
    balance: i64,
    note: Option<String>,
    terms: Option<Value>,
}

/// What hooks write beside the account.
#[derive(Debug, ModelResource)]
struct Entry {
    id: i64,
    text: String,
}

/// An account's twin that no hook watches.
#[derive(ModelResource)]
struct Plain {
    id: i64,
    name: String,
}

/// How often which hook ran, and what it saw.
#[derive(Clone, Debug, Default)]
struct Ran {
    begun: Arc<AtomicUsize>,
    ended: Arc<AtomicUsize>,
}

/// What the request tells a phase to do.
fn order<'a>(cx: &'a Context, phase: &str) -> &'a str {
    let order = cx.headers().get(phase);
    order.map_or("", |order| order.to_str().unwrap())
}

fn refusal() -> ApiError {
    ApiError::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "Refused",
        "a hook says no",
    )
    .with_code("no")
}

async fn dawdle(cx: &Context) {
    let ran = cx.state::<Ran>().unwrap();
    ran.begun.fetch_add(1, Ordering::SeqCst);
    sleep(DAWDLE).await;
    ran.ended.fetch_add(1, Ordering::SeqCst);
}

async fn write_down(tx: &mut Transaction, text: impl Into<String>) -> Result<(), Report> {
    let text = text.into();
    tx.insert(&Entry { id: 0, text }).await.map(drop)
}

async fn narrow(cx: &Context, select: &mut Select<Account>) -> Result<(), Report> {
    match order(cx, "x-process-input") {
        "mine" => select.filter(Account::OWNER.eq("me")),
        "rich mine" => {
            select.filter(Account::OWNER.eq("me"));
            select.filter(Account::BALANCE.ge(100));
        }
        "refuse" => return Err(refusal().into()),
        "refuse twice" => {
            let mut report = Report::new();
            report.push(refusal());
            report.push(ApiError::new(
                StatusCode::FORBIDDEN,
                "Forbidden",
                "twice no",
            ));
            return Err(report);
        }
        "panic" => panic!("the maintainer's secret"),
        _ => {}
    }
    Ok(())
}

async fn settle(cx: &Context, input: &mut Input<Account>) -> Result<(), Report> {
    if *cx.method() != http::Method::PATCH {
        input.set(Account::OWNER, "me");
    }
    match order(cx, "x-process-input") {
        "upper" => {
            let name = input.get(Account::NAME)?.unwrap_or_default();
            input.set(Account::NAME, name.to_uppercase());
        }
        "name" if !input.has(Account::NAME) => input.set(Account::NAME, "unnamed"),
        "own" => input.set(Account::OWNER, "you"),
        "forget" => input.unset(Account::NOTE),
        "see" => {
            let seen = format!(
                "{:?} {:?}",
                input.get(Account::NOTE)?,
                input.get(Account::ID)?
            );
            input.set(Account::NOTE, seen);
        }
        "refuse" => return Err(refusal().into()),
        "panic" => panic!("the maintainer's secret"),
        _ => {}
    }
    Ok(())
}

async fn before(
    cx: &Context,
    tx: &mut Transaction,
    account: &mut Tracked<Account>,
) -> Result<Next, Report> {
    let order = order(cx, "x-before-commit");
    if order.is_empty() {
        return Ok(Next::Proceed);
    }
    write_down(tx, order).await?;
    match order {
        "rename" => {
            account.set(Account::NAME, "renamed");
            assert_eq!(account.name, "renamed");
        }
        "refuse" => return Err(refusal().into()),
        "panic" => panic!("the maintainer's secret"),
        "instead" => {
            let reply = Reply::json(StatusCode::ACCEPTED, &json!({"instead": account.name}))?;
            let header = http::HeaderName::from_static("x-hook");
            let value = http::HeaderValue::from_static("before");
            return Ok(Next::Instead(reply.header(header, value)));
        }
        "save instead" => {
            account.set(Account::NOTE, "inactive".to_owned());
            tx.save(account).await?;
            return Ok(Next::Instead(Reply::no_content()));
        }
        "save" => {
            account.set(Account::NOTE, "saved".to_owned());
            tx.save(account).await?;
        }
        "prior" => {
            let prior = account.prior().map(|prior| prior.name.clone());
            let changed = account.is_changed(Account::NAME);
            write_down(tx, format!("{prior:?} {} {changed}", account.name)).await?;
        }
        "clash" => {
            let id = 1;
            let text = "clash".to_owned();
            tx.insert(&Entry { id, text }).await?;
        }
        "steal" => assert!(tx.delete(&**account).await?),
        "dawdle" => dawdle(cx).await,
        "dawdle and write" => {
            dawdle(cx).await;
            write_down(tx, "late").await?;
        }
        "count" => {
            let first = tx.select::<Entry>().filter(Entry::ID.eq(1)).first().await?;
            let mut total = tx.get::<Entry>(first.unwrap().id).await?.unwrap();
            let next = total.text.parse::<u32>().unwrap() + 1;
            sleep(Duration::from_millis(5)).await;
            total.set(Entry::TEXT, next.to_string());
            tx.save(&mut total).await?;
        }
        "look outside" => {
            let seen = cx.database().select::<Entry>().all().await?.len();
            write_down(tx, format!("{seen} outside")).await?;
        }
        _ => {}
    }
    Ok(Next::Proceed)
}

async fn after(
    cx: &Context,
    tx: &mut Transaction,
    account: &Committed<Account>,
) -> Result<Next, Report> {
    let order = order(cx, "x-after-commit");
    if order.is_empty() {
        return Ok(Next::Proceed);
    }
    write_down(tx, format!("after {}", account.name)).await?;
    match order {
        "instead" => {
            let stored = tx
                .get::<Account>(account.id)
                .await?
                .map(|row| row.name.clone());
            let reply = Reply::json(StatusCode::ACCEPTED, &json!({"stored": stored}))?;
            return Ok(Next::Instead(reply));
        }
        "fail" => return Err(refusal().into()),
        "panic" => panic!("the maintainer's secret"),
        "dawdle" => dawdle(cx).await,
        _ => {}
    }
    Ok(Next::Proceed)
}

/// The four writes, and the `PUT` that makes.
const WRITES: &[Write] = &[
    Write::Post,
    Write::PutNew,
    Write::Put,
    Write::Patch,
    Write::Delete,
];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Write {
    Post,
    PutNew,
    Put,
    Patch,
    Delete,
}

impl Write {
    /// Its method and path: account 1 is there, 7 is not.
    fn line(self) -> (&'static str, &'static str) {
        match self {
            Self::Post => ("POST", "/accounts"),
            Self::PutNew => ("PUT", "/accounts/7"),
            Self::Put => ("PUT", "/accounts/1"),
            Self::Patch => ("PATCH", "/accounts/1"),
            Self::Delete => ("DELETE", "/accounts/1"),
        }
    }

    fn success(self) -> u16 {
        match self {
            Self::Post | Self::PutNew => 201,
            Self::Put | Self::Patch => 200,
            Self::Delete => 204,
        }
    }

    fn makes(self) -> bool {
        matches!(self, Self::Post | Self::PutNew)
    }
}

/// A bank with account 1, which is `first`'s.
struct Bank {
    local: Local,
    api: Api,
    ran: Ran,
}

impl Bank {
    async fn open() -> Self {
        Self::over(Store::new::<(Account, Entry, Plain)>().await).await
    }

    async fn over(store: Store) -> Self {
        let ran = Ran::default();
        let state = ran.clone();
        let local = store
            .serve(|api| {
                api.keep_headers([http::HeaderName::from_static("x-after-commit")])
                    .resource::<Account>()
                    .resource::<Entry>()
                    .resource::<Plain>()
                    .state(state)
            })
            .await;
        let api = local.api();
        let first = json!({"id": 1, "name": "first"});
        api.post("/accounts", &first).await.expect(201);
        Self { local, api, ran }
    }

    fn request(&self, write: Write, orders: &[(&'static str, &'static str)]) -> Request {
        let (method, path) = write.line();
        let mut request = self.api.request(method, path);
        if write != Write::Delete {
            request = request
                .header("content-type", "application/json")
                .body(json!({"name": "second"}).to_string());
        }
        for (phase, order) in orders {
            request = request.header(*phase, *order);
        }
        request
    }

    /// Sends a write that tells the phases what to do.
    async fn send(&self, write: Write, orders: &[(&'static str, &'static str)]) -> Answer {
        self.api.send(self.request(write, orders)).await
    }

    async fn get(&self, path: &str, order: &str) -> Answer {
        let request = self.api.request("GET", path);
        self.api
            .send(request.header("x-process-input", order))
            .await
    }

    async fn accounts(&self) -> Vec<Account> {
        let find = self.local.database().select::<Account>();
        find.all().await.unwrap()
    }

    /// The names of the accounts, in the order of their keys.
    async fn names(&self) -> Vec<String> {
        let accounts = self.accounts().await;
        accounts.into_iter().map(|account| account.name).collect()
    }

    /// What the hooks wrote and was kept.
    async fn entries(&self) -> Vec<String> {
        let entries = self.local.database().select::<Entry>().all().await.unwrap();
        entries.into_iter().map(|entry| entry.text).collect()
    }

    /// Asserts that accounts and entries are as they were when the bank opened, and that the next write works at once.
    async fn assert_untouched(&self, what: impl std::fmt::Debug) {
        assert_eq!(self.names().await, ["first"], "{what:?}");
        assert_eq!(self.entries().await, [""; 0], "{what:?}");
        self.assert_prompt(what).await;
    }

    /// Asserts that a write that has nothing to do with the one before is answered at once.
    async fn assert_prompt(&self, what: impl std::fmt::Debug) {
        let plain = json!({"name": "plain"});
        let answer = self.api.post("/plains", &plain).await.expect(201);
        assert!(answer.took < PROMPT, "after {what:?}: {answer:?}");
        let patch = self.api.patch("/accounts/1", &json!({})).await;
        assert!(patch.took < PROMPT, "after {what:?}: {patch:?}");
    }
}

type Request = reqwest::RequestBuilder;

/// The names that a write leaves when its own write is made.
fn written(write: Write, name: &str) -> Vec<&str> {
    match write {
        Write::Delete => vec![],
        Write::Put | Write::Patch => vec![name],
        Write::Post | Write::PutNew => vec!["first", name],
    }
}

#[tokio::test]
async fn an_input_hook_narrows_what_is_found() {
    let bank = Bank::open().await;
    let mut tx = bank.local.database().transaction().await.unwrap();
    let mut other = bank.accounts().await.remove(0);
    for (id, owner, balance) in [(2, "you", 500), (3, "me", 500)] {
        (other.id, other.owner, other.balance) = (id, owner.to_owned(), balance);
        tx.insert(&other).await.unwrap();
    }
    tx.commit().await.unwrap();

    for (order, found) in [
        ("", vec![1, 2, 3]),
        ("mine", vec![1, 3]),
        ("rich mine", vec![3]),
    ] {
        let list = bank.get("/accounts", order).await.expect(200).json();
        let ids = list["data"].as_array().unwrap().iter();
        let ids: Vec<_> = ids.map(|row| row["id"].as_i64().unwrap()).collect();
        assert_eq!(ids, found, "{order}");
        for id in 1..=3 {
            let answer = bank.get(&format!("/accounts/{id}"), order).await;
            let due = if found.contains(&id) { 200 } else { 404 };
            assert_eq!(answer.status, due, "{order} {id}");
        }
    }
    let asked = bank.get("/accounts?balance=500", "mine").await.expect(200);
    assert_eq!(asked.json()["data"].as_array().unwrap().len(), 1);

    let delete = async |id: i64| {
        let path = format!("/accounts/{id}");
        let request = bank.api.request("DELETE", &path);
        bank.api
            .send(request.header("x-process-input", "mine"))
            .await
    };
    delete(2).await.refused(404, "Account Not Found");
    assert_eq!(bank.names().await.len(), 3, "not his to delete");
    delete(3).await.expect(204);
    assert_eq!(bank.names().await.len(), 2);
}

#[tokio::test]
async fn an_input_hook_refuses_reads_and_deletes() {
    let bank = Bank::open().await;
    for path in ["/accounts", "/accounts/1", "/accounts/99"] {
        let answer = bank.get(path, "refuse").await;
        let faults = answer.refused(422, "Refused");
        assert_eq!(faults[0].detail, "a hook says no");
        assert_eq!(faults[0].code, "no");
        let answer = bank.get(path, "refuse twice").await;
        assert_eq!(answer.problem(400).len(), 2, "{answer:?}");
        let head = bank.api.request("HEAD", path);
        let head = head.header("x-process-input", "refuse");
        assert_eq!(bank.api.send(head).await.status, 422);
    }
    let answer = bank
        .send(Write::Delete, &[("x-process-input", "refuse")])
        .await;
    answer.refused(422, "Refused");
    bank.assert_untouched("a refused delete").await;
}

#[tokio::test]
async fn an_input_hook_changes_what_is_written() {
    for &write in &[Write::Post, Write::PutNew, Write::Put, Write::Patch] {
        let bank = Bank::open().await;
        let answer = bank.send(write, &[("x-process-input", "upper")]).await;
        let answer = answer.expect(write.success()).json();
        assert_eq!(answer["data"]["name"], "SECOND", "{write:?}");
        assert_eq!(bank.names().await, written(write, "SECOND"), "{write:?}");
    }
}

#[tokio::test]
async fn an_input_hook_gives_a_column_that_clients_cannot() {
    for &write in &[Write::Post, Write::PutNew, Write::Put, Write::Patch] {
        let bank = Bank::open().await;
        let answer = bank.send(write, &[("x-process-input", "own")]).await;
        let answer = answer.expect(write.success()).json();
        assert_eq!(answer["data"]["owner"], "you", "{write:?}");
        let last = bank.accounts().await.pop().unwrap();
        assert_eq!(last.owner, "you", "{write:?}");
    }
}

#[tokio::test]
async fn an_input_hook_gives_a_field_that_is_missing() {
    let bank = Bank::open().await;
    for (method, path, due) in [
        ("POST", "/accounts", 201),
        ("PUT", "/accounts/7", 201),
        ("PUT", "/accounts/1", 200),
    ] {
        let answer = bank.api.text(method, path, "{}").await;
        answer.refused_at(WRONG, &["/name"]);
        let request = bank.api.request(method, path).body("{}");
        let request = request.header("content-type", "application/json");
        let answer = bank
            .api
            .send(request.header("x-process-input", "name"))
            .await;
        assert_eq!(answer.expect(due).json()["data"]["name"], "unnamed");
    }
}

#[tokio::test]
async fn an_input_hook_sees_what_was_given_and_what_not() {
    let bank = Bank::open().await;
    let seen = async |method: &str, path: &str, body: Value| {
        let request = bank.api.request(method, path).body(body.to_string());
        let request = request.header("content-type", "application/json");
        let answer = bank
            .api
            .send(request.header("x-process-input", "see"))
            .await;
        answer.json()["data"]["note"].as_str().unwrap().to_owned()
    };
    let patch = async |body| seen("PATCH", "/accounts/1", body).await;
    assert_eq!(patch(json!({})).await, "None Some(1)");
    assert_eq!(patch(json!({"note": null})).await, "Some(None) Some(1)");
    assert_eq!(
        patch(json!({"note": "x"})).await,
        "Some(Some(\"x\")) Some(1)"
    );
    let post = seen("POST", "/accounts", json!({"name": "x"})).await;
    assert_eq!(post, "None None");

    let request = bank.api.request("PATCH", "/accounts/1");
    let request = request.header("content-type", "application/json");
    let request = request.header("x-process-input", "forget");
    let answer = bank
        .api
        .send(request.body(r#"{"note": "y", "name": "z"}"#))
        .await;
    let data = answer.expect(200).json()["data"].clone();
    assert_eq!(
        (&data["name"], &data["note"]),
        (&json!("z"), &json!("Some(Some(\"x\")) Some(1)"))
    );
}

#[tokio::test]
async fn an_input_hook_refuses_before_anything_is_looked_up() {
    let bank = Bank::open().await;
    for &write in WRITES {
        let answer = bank.send(write, &[("x-process-input", "refuse")]).await;
        answer.refused(422, "Refused");
    }
    let nobody = bank.api.request("PATCH", "/accounts/99").body("{}");
    let nobody = nobody.header("content-type", "application/json");
    let answer = bank
        .api
        .send(nobody.header("x-process-input", "refuse"))
        .await;
    answer.refused(422, "Refused");
    bank.assert_untouched("refused input").await;
}

/// The hook gives `owner`; that it did not run because the name is wrong is no fault of the server's.
#[tokio::test]
async fn what_is_wrong_with_the_input_is_the_clients_fault_alone() {
    let bank = Bank::open().await;
    for (method, path) in [
        ("POST", "/accounts"),
        ("PUT", "/accounts/7"),
        ("PUT", "/accounts/1"),
    ] {
        let body = json!({"name": 5, "colour": "red"});
        let answer = bank.api.text(method, path, &body.to_string()).await;
        assert_eq!(answer.status, 400, "{method} {path}: {answer:?}");
        answer.refused_at(WRONG, &["/name", "/colour"]);
    }
    bank.assert_untouched("wrong input").await;
}

#[tokio::test]
async fn a_commit_hook_changes_the_record() {
    for &write in &[Write::Post, Write::PutNew, Write::Put, Write::Patch] {
        let bank = Bank::open().await;
        let answer = bank.send(write, &[("x-before-commit", "rename")]).await;
        let answer = answer.expect(write.success()).json();
        assert_eq!(answer["data"]["name"], "renamed", "{write:?}");
        assert_eq!(bank.names().await, written(write, "renamed"), "{write:?}");
        assert_eq!(bank.entries().await, ["rename"], "{write:?}");
    }
}

#[tokio::test]
async fn a_commit_hook_writes_in_the_same_transaction() {
    for &write in WRITES {
        let bank = Bank::open().await;
        let answer = bank.send(write, &[("x-before-commit", "note")]).await;
        answer.expect(write.success());
        assert_eq!(bank.names().await, written(write, "second"), "{write:?}");
        assert_eq!(bank.entries().await, ["note"], "{write:?}");
    }
}

#[tokio::test]
async fn a_commit_hook_that_refuses_undoes_everything() {
    for &write in WRITES {
        let bank = Bank::open().await;
        let answer = bank.send(write, &[("x-before-commit", "refuse")]).await;
        let faults = answer.refused(422, "Refused");
        assert_eq!(faults[0].code, "no", "{write:?}");
        bank.assert_untouched(write).await;
    }
}

#[tokio::test]
async fn a_conflict_in_a_commit_hook_undoes_everything() {
    for &write in WRITES {
        let bank = Bank::open().await;
        let answer = bank.send(write, &[("x-before-commit", "clash")]).await;
        let faults = answer.refused(409, "Conflict");
        assert_eq!(faults[0].pointer.as_deref(), Some("/id"), "{write:?}");
        bank.assert_untouched(write).await;
    }
}

#[tokio::test]
async fn a_conflict_of_the_default_write_undoes_what_the_hook_wrote() {
    let bank = Bank::open().await;
    let taken = json!({"id": 1, "name": "second"}).to_string();
    let request = bank.api.request("POST", "/accounts").body(taken);
    let request = request.header("content-type", "application/json");
    let answer = bank
        .api
        .send(request.header("x-before-commit", "note"))
        .await;
    answer.refused(409, "Conflict");
    bank.assert_untouched("a taken key").await;
}

#[tokio::test]
async fn a_commit_hook_that_answers_keeps_what_it_wrote_and_stops_the_default() {
    for &write in WRITES {
        let bank = Bank::open().await;
        let orders = [("x-before-commit", "instead"), ("x-after-commit", "note")];
        let answer = bank.send(write, &orders).await.expect(202);
        assert_eq!(answer.header("x-hook"), Some("before"), "{write:?}");
        assert_eq!(answer.media_type(), "application/json");
        let name = if write == Write::Delete {
            "first"
        } else {
            "second"
        };
        assert_eq!(answer.json(), json!({"instead": name}), "{write:?}");
        assert_eq!(bank.names().await, ["first"], "{write:?}");
        assert_eq!(
            bank.entries().await,
            ["instead"],
            "{write:?}: nothing was committed that `after_commit` could follow"
        );
    }
}

#[tokio::test]
async fn a_delete_may_be_made_a_mark() {
    let bank = Bank::open().await;
    let answer = bank
        .send(Write::Delete, &[("x-before-commit", "save instead")])
        .await;
    assert_eq!(answer.expect(204).text, "");
    let accounts = bank.accounts().await;
    assert_eq!(accounts[0].note.as_deref(), Some("inactive"));
    assert_eq!(accounts[0].name, "first");
}

#[tokio::test]
async fn a_commit_hook_may_save_and_let_the_write_go_on() {
    for &write in &[Write::Put, Write::Patch] {
        let bank = Bank::open().await;
        let answer = bank.send(write, &[("x-before-commit", "save")]).await;
        let answer = answer.expect(200).json();
        assert_eq!(answer["data"]["note"], "saved", "{write:?}");
        assert_eq!(answer["data"]["name"], "second", "{write:?}");
        assert_eq!(bank.names().await, ["second"], "{write:?}");
    }
}

#[tokio::test]
async fn a_commit_hook_sees_what_was_there_before() {
    for (write, seen) in [
        (Write::Post, "None second true"),
        (Write::PutNew, "None second true"),
        (Write::Put, "Some(\"first\") second true"),
        (Write::Patch, "Some(\"first\") second true"),
        (Write::Delete, "Some(\"first\") first false"),
    ] {
        let bank = Bank::open().await;
        let answer = bank.send(write, &[("x-before-commit", "prior")]).await;
        answer.expect(write.success());
        assert_eq!(bank.entries().await, ["prior", seen], "{write:?}");
    }
}

/// The client is told that there is no such record, so it must find everything as it was.
#[tokio::test]
async fn a_write_that_finds_nothing_any_more_undoes_what_the_hook_wrote() {
    for &write in &[Write::Put, Write::Patch, Write::Delete] {
        let bank = Bank::open().await;
        let answer = bank.send(write, &[("x-before-commit", "steal")]).await;
        answer.problem(404);
        bank.assert_untouched(write).await;
    }
}

#[tokio::test]
async fn json_that_no_hook_touched_is_kept_as_it_was_sent() {
    let bank = Bank::open().await;
    let sent = r#"{"z": 123456789012345678901234567890, "a":5e-07,  "é": [1.0]}"#;
    for (method, path, due) in [
        ("POST", "/accounts", 201),
        ("PUT", "/accounts/7", 201),
        ("PUT", "/accounts/1", 200),
        ("PATCH", "/accounts/1", 200),
    ] {
        for order in ["note", "rename"] {
            let body = format!("{{\"name\": \"x\", \"terms\": {sent}}}");
            let request = bank.api.request(method, path).body(body);
            let request = request.header("content-type", "application/json");
            let request = request.header("x-before-commit", order);
            let answer = bank.api.send(request).await;
            let due = if order == "rename" && path.ends_with('7') {
                200
            } else {
                due
            };
            let answer = answer.expect(due);
            assert!(
                answer.text.contains(sent),
                "{method} {order}: {}",
                answer.text
            );
        }
    }
    // A change of another column leaves the stored text alone too.
    let answer = bank
        .send(Write::Patch, &[("x-before-commit", "rename")])
        .await;
    assert!(answer.text.contains(sent), "{}", answer.text);
}

#[tokio::test]
async fn a_later_hook_answers_in_place_of_the_record() {
    for &write in WRITES {
        let bank = Bank::open().await;
        let answer = bank.send(write, &[("x-after-commit", "instead")]).await;
        let answer = answer.expect(202);
        let stored = (write != Write::Delete).then_some("second");
        assert_eq!(answer.json(), json!({"stored": stored}), "{write:?}");
        assert_eq!(bank.names().await, written(write, "second"), "{write:?}");
        let name = if write == Write::Delete {
            "first"
        } else {
            "second"
        };
        assert_eq!(bank.entries().await, [format!("after {name}")]);
    }
}

/// Asserts that the write was answered as a success that says that its hook failed, and stands.
async fn assert_stands(bank: &Bank, write: Write, answer: Answer) {
    let answer = answer.expect(write.success());
    assert!(!answer.text.contains("secret"), "{answer:?}");
    if write != Write::Delete {
        let body = answer.json();
        assert_eq!(body["meta"], json!({"after_commit": "failed"}));
        assert_eq!(body["data"]["name"], "second", "{write:?}");
    }
    assert_eq!(answer.header("location").is_some(), write.makes());
    assert_eq!(bank.names().await, written(write, "second"), "{write:?}");
    assert_eq!(bank.entries().await, [""; 0], "{write:?}");
    bank.assert_prompt(write).await;
}

#[tokio::test]
async fn a_later_hook_that_fails_undoes_only_its_own() {
    for &write in WRITES {
        let bank = Bank::open().await;
        let answer = bank.send(write, &[("x-after-commit", "fail")]).await;
        assert_stands(&bank, write, answer).await;
    }
}

#[tokio::test]
async fn a_later_hook_that_panics_undoes_only_its_own() {
    for &write in WRITES {
        let bank = Bank::open().await;
        let answer = bank.send(write, &[("x-after-commit", "panic")]).await;
        assert_stands(&bank, write, answer).await;
    }
}

#[tokio::test]
async fn a_hook_that_panics_before_the_commit_leaves_nothing() {
    for phase in ["x-process-input", "x-before-commit"] {
        for &write in WRITES {
            let bank = Bank::open().await;
            let answer = bank.send(write, &[(phase, "panic")]).await;
            answer.refused(500, "Internal Error");
            assert!(!answer.text.contains("secret"), "{answer:?}");
            bank.assert_untouched((phase, write)).await;
        }
    }
    let bank = Bank::open().await;
    for path in ["/accounts", "/accounts/1"] {
        bank.get(path, "panic").await.refused(500, "Internal Error");
        bank.get(path, "").await.expect(200);
    }
}

/// Whether the write is undone or made is open; half of it is not, and nobody waits for a client that has gone.
#[tokio::test]
async fn a_client_that_goes_while_a_commit_hook_runs_leaves_all_or_nothing() {
    for &write in WRITES {
        let bank = Bank::open().await;
        let request = bank.request(write, &[("x-before-commit", "dawdle and write")]);
        let sent = timeout(DAWDLE / 3, bank.api.send(request)).await;
        sent.unwrap_err();
        assert_eq!(bank.ran.begun.load(Ordering::SeqCst), 1, "{write:?}");
        bank.assert_prompt(write).await;
        let entries = bank.entries().await;
        if entries.is_empty() {
            assert_eq!(bank.names().await, ["first"], "{write:?}");
        } else {
            assert_eq!(entries, ["dawdle and write", "late"], "{write:?}");
            assert_eq!(bank.names().await, written(write, "second"), "{write:?}");
        }
    }
}

/// Only a crash between the commit and the hook may lose it.
#[tokio::test]
async fn a_client_that_goes_does_not_take_the_later_hook_along() {
    for &write in WRITES {
        let bank = Bank::open().await;
        let request = bank.request(write, &[("x-after-commit", "dawdle")]);
        let sent = timeout(DAWDLE / 3, bank.api.send(request)).await;
        sent.unwrap_err();
        assert_eq!(bank.ran.begun.load(Ordering::SeqCst), 1, "{write:?}");
        sleep(DAWDLE * 2).await;
        assert_eq!(bank.ran.ended.load(Ordering::SeqCst), 1, "{write:?}");
        eventually("the hook's entry", async || {
            (bank.entries().await.len() == 1).then_some(())
        })
        .await;
        assert_eq!(bank.names().await, written(write, "second"), "{write:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hooks_that_read_and_write_do_so_one_after_the_other() {
    let bank = Bank::open().await;
    let total = json!({"id": 1, "text": "0"});
    bank.api.post("/entries", &total).await.expect(201);
    let sent = (0..16).map(|_| {
        let request = bank.request(Write::Post, &[("x-before-commit", "count")]);
        let api = bank.api.clone();
        tokio::spawn(async move { api.send(request).await.status })
    });
    for answer in sent.collect::<Vec<_>>() {
        assert_eq!(answer.await.unwrap(), 201);
    }
    assert_eq!(bank.entries().await[0], "16", "an update was lost");
    assert_eq!(bank.names().await.len(), 17);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reads_go_on_while_a_hook_holds_the_transaction() {
    let bank = Bank::open().await;
    let request = bank.request(Write::Patch, &[("x-before-commit", "dawdle")]);
    let api = bank.api.clone();
    let patch = tokio::spawn(async move { api.send(request).await });
    eventually("the hook", async || {
        (bank.ran.begun.load(Ordering::SeqCst) == 1).then_some(())
    })
    .await;
    for path in ["/accounts/1", "/accounts", "/entries"] {
        let answer = bank.get(path, "").await.expect(200);
        assert!(!answer.text.contains("second") && !answer.text.contains("dawdle"));
    }
    assert_eq!(
        bank.ran.ended.load(Ordering::SeqCst),
        0,
        "it was over too soon"
    );
    patch.await.unwrap().expect(200);
    assert_eq!(bank.names().await, ["second"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hook_that_takes_too_long_is_503_and_others_go_on() {
    for &write in WRITES {
        let limit = DAWDLE / 3;
        let store = Store::with_timeout::<(Account, Entry, Plain)>(limit).await;
        let bank = Bank::over(store).await;
        let request = bank.request(write, &[("x-before-commit", "dawdle")]);
        let api = bank.api.clone();
        let slow = tokio::spawn(async move { api.send(request).await });
        eventually("the hook", async || {
            (bank.ran.begun.load(Ordering::SeqCst) == 1).then_some(())
        })
        .await;
        let began = Instant::now();
        let plain = json!({"name": "plain"});
        bank.api.post("/plains", &plain).await.expect(201);
        assert!(began.elapsed() < DAWDLE, "{write:?}: the others waited");
        assert_eq!(bank.ran.ended.load(Ordering::SeqCst), 0, "{write:?}");
        let answer = slow.await.unwrap();
        answer.problem(503);
        assert!(answer.header("retry-after").is_some(), "{answer:?}");
        bank.assert_untouched(write).await;
    }
}

#[tokio::test]
async fn a_later_hook_that_takes_too_long_undoes_only_its_own() {
    let store = Store::with_timeout::<(Account, Entry, Plain)>(DAWDLE / 3).await;
    let bank = Bank::over(store).await;
    let answer = bank
        .send(Write::Post, &[("x-after-commit", "dawdle")])
        .await;
    assert_stands(&bank, Write::Post, answer).await;
}

#[tokio::test]
async fn a_commit_hook_may_read_outside_its_transaction() {
    let bank = Bank::open().await;
    let answer = bank
        .send(Write::Patch, &[("x-before-commit", "look outside")])
        .await;
    assert!(answer.expect(200).took < PROMPT);
    assert_eq!(bank.entries().await, ["look outside", "0 outside"]);
}

/// Tests and examples of users run in one: what works on a file that stays must not hang there.
#[tokio::test]
async fn a_commit_hook_may_read_outside_its_transaction_in_a_temporary_database() {
    if !Kind::Sqlite.is_of_this_run("a temporary database is a file") {
        return;
    }
    let database = Database::temporary().await.unwrap();
    database.create_tables::<(Account, Entry)>().await.unwrap();
    let api = topchef_runtime::Api::new(database.clone());
    let served = Served::new(api.resource::<Account>().state(Ran::default())).await;
    let api = served.api();
    let request = api.request("POST", "/accounts").body(r#"{"name": "x"}"#);
    let request = request.header("content-type", "application/json");
    let answer = api.send(request.header("x-before-commit", "look outside"));
    let answer = answer.await.expect(201);
    assert!(answer.took < PROMPT, "{answer:?}");
}

/// A resource whose hooks write down what they can know of the request.
#[derive(ModelResource)]
#[resource(
    url_prefix = "/spy",
    process_input(get = see_read, list = see_read, patch = see_input),
    before_commit(patch = see_write),
    after_commit(patch = see_after)
)]
struct Watched {
    #[resource(primary_key)]
    code: String,
    #[resource(default)]
    count: i32,
}

#[derive(Clone, Debug, Default)]
struct Seen(Arc<std::sync::Mutex<Vec<String>>>);

fn note(cx: &Context, phase: &str) {
    let line = format!(
        "{phase} {} {} {:?} {:?} {:?} {}",
        cx.method(),
        cx.uri(),
        cx.key::<String>(),
        cx.key::<i64>(),
        cx.headers().get("x-who"),
        cx.state::<u8>().is_some(),
    );
    cx.state::<Seen>().unwrap().0.lock().unwrap().push(line);
}

async fn see_read(cx: &Context, _: &mut Select<Watched>) -> Result<(), ApiError> {
    note(cx, "read");
    Ok(())
}

async fn see_input(cx: &Context, _: &mut Input<Watched>) -> Result<(), ApiError> {
    note(cx, "input");
    Ok(())
}

async fn see_write(
    cx: &Context,
    _: &mut Transaction,
    _: &mut Tracked<Watched>,
) -> Result<Next, ApiError> {
    note(cx, "before");
    Ok(Next::Proceed)
}

async fn see_after(
    cx: &Context,
    _: &mut Transaction,
    _: &Committed<Watched>,
) -> Result<Next, ApiError> {
    note(cx, "after");
    Ok(Next::Proceed)
}

#[tokio::test]
async fn a_hook_knows_the_request() {
    let seen = Seen::default();
    let state = seen.clone();
    let local = Local::start::<Watched>(|api| {
        let kept = [http::HeaderName::from_static("x-who")];
        api.resource::<Watched>().state(state).keep_headers(kept)
    })
    .await;
    let api = local.api();
    api.post("/spy/watcheds", &json!({"code": "a/b"}))
        .await
        .expect(201);
    for (method, path) in [
        ("GET", "/spy/watcheds?limit=1"),
        ("GET", "/spy/watcheds/a%2Fb?fields=count"),
        ("PATCH", "/spy/watcheds/a%2Fb"),
    ] {
        let request = api.request(method, path).header("x-who", "me").body("{}");
        let request = request.header("content-type", "application/json");
        api.send(request).await.expect(200);
    }
    let key = r#"Some("a/b") None Some("me") false"#;
    let path = "/spy/watcheds/a%2Fb";
    assert_eq!(
        *seen.0.lock().unwrap(),
        [
            r#"read GET /spy/watcheds?limit=1 None None Some("me") false"#.to_owned(),
            format!("read GET {path}?fields=count {key}"),
            format!("input PATCH {path} {key}"),
            format!("before PATCH {path} {key}"),
            format!("after PATCH {path} {key}"),
        ]
    );
}
