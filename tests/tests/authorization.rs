//! Who may do what, and with which rows: policies of APIs and of resources, over HTTP.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what a test's helpers cannot do stops the test, and a policy that panics is a test"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::request::Parts;
use serde_json::{Value, json};
use topchef_runtime::{
    Api as Resourceful, ApiError, Context, Database, Input, Method, ModelResource, Next, Permit,
    Policy, Principal, Report, Select, Tracked, Transaction, policies,
};
use topchef_tests::local::{Served, Store};
use topchef_tests::{Answer, Api};

/// What somebody ordered.
#[derive(ModelResource)]
#[resource(authorize = own_orders)]
struct Order {
    id: i64,
    owner: String,
    #[resource(max_length = 20)]
    item: String,
}

/// Everybody has their own; an admin has all; an auditor only reads.
async fn own_orders(cx: &Context, method: Method) -> Result<Permit<Order>, ApiError> {
    if let Some(Asked(asked)) = cx.state() {
        asked.fetch_add(1, Ordering::SeqCst);
    }
    let me = cx.principal().ok_or_else(ApiError::unauthorized)?;
    match me.get() {
        Some(Role::Auditor) if !method.is_safe() => {
            return Err(ApiError::forbidden("auditors only read"));
        }
        Some(Role::Admin | Role::Auditor) => return Ok(Permit::all()),
        None => {}
    }
    assert_ne!(me.id(), "trouble", "this policy falls apart");
    Ok(Permit::rows(Order::OWNER.eq(me.id())))
}

/// How often the policy was asked.
#[derive(Clone, Default)]
struct Asked(Arc<AtomicUsize>);

/// What somebody noted, under the name they send it by; hooks change it behind their back.
#[derive(ModelResource)]
#[resource(
    authorize = own_notes,
    process_input(post = sign, get = look, list = look, delete = look),
    before_commit(post = give_away, put = give_away, patch = give_away),
)]
struct Note {
    id: i64,
    #[resource(read_only, default = "nobody")]
    author: String,
    text: String,
}

async fn own_notes(cx: &Context, _method: Method) -> Result<Permit<Note>, ApiError> {
    let me = cx.principal().ok_or_else(ApiError::unauthorized)?;
    Ok(Permit::all().and(Note::AUTHOR.eq(me.id())))
}

async fn sign(cx: &Context, note: &mut Input<Note>) -> Result<(), Report> {
    let me = cx.principal().map(Principal::id).unwrap_or_default();
    note.set(Note::AUTHOR, me);
    Ok(())
}

/// A hook that is reached although the policy refused fails the test.
async fn look(cx: &Context, _select: &mut Select<Note>) -> Result<(), Report> {
    assert!(cx.principal().is_some(), "the policy was not asked first");
    Ok(())
}

/// Writes down what it does, and gives a note to Bob when its text asks for it.
async fn give_away(
    _cx: &Context,
    tx: &mut Transaction,
    note: &mut Tracked<Note>,
) -> Result<Next, Report> {
    let entry = Entry {
        id: 0,
        text: note.text.clone(),
    };
    tx.insert(&entry).await?;
    if note.text == "to bob" {
        note.set(Note::AUTHOR, "bob");
    }
    Ok(Next::Proceed)
}

/// What hooks wrote down; it has no policy of its own.
#[derive(ModelResource)]
struct Entry {
    id: i64,
    text: String,
}

/// What somebody keeps pages in.
#[derive(ModelResource)]
#[resource(
    authorize = own_folders,
    relations(pages(has_many = Page, by = folder_id)),
    collection(filter = [owner])
)]
struct Folder {
    id: i64,
    owner: String,
}

async fn own_folders(cx: &Context, _method: Method) -> Result<Permit<Folder>, ApiError> {
    let me = cx.principal().ok_or_else(ApiError::unauthorized)?;
    Ok(Permit::rows(Folder::OWNER.eq(me.id())))
}

/// A page of a folder, which need not belong to the one whose folder it is in.
#[derive(ModelResource)]
#[resource(authorize = own_pages, relations(folder(belongs_to = Folder, by = folder_id)))]
struct Page {
    id: i64,
    #[resource(references = Folder)]
    folder_id: i64,
    owner: String,
}

/// Carol has no business with pages.
async fn own_pages(cx: &Context, _method: Method) -> Result<Permit<Page>, ApiError> {
    let me = cx.principal().ok_or_else(ApiError::unauthorized)?;
    if me.id() == "carol" {
        return Err(ApiError::forbidden("no pages for carol"));
    }
    Ok(Permit::rows(Page::OWNER.eq(me.id())))
}

#[derive(Clone, Copy)]
enum Role {
    Admin,
    Auditor,
}

/// Who sends a request is what the header says.
async fn by_header(parts: &Parts) -> Result<Option<Principal>, ApiError> {
    let Some(name) = parts.headers.get("x-user") else {
        return Ok(None);
    };
    let name = name.to_str().unwrap();
    match name {
        "impostor" => Err(ApiError::unauthorized().challenge("Basic realm=\"orders\"")),
        "nonsense" => panic!("this authenticator falls apart"),
        "admin" => Ok(Some(Principal::new(name).with(Role::Admin))),
        "auditor" => Ok(Some(Principal::new(name).with(Role::Auditor))),
        _ => Ok(Some(Principal::new(name))),
    }
}

/// The orders, notes and entries, served under a policy for the last.
struct Office {
    store: Store,
    served: Served,
    asked: Arc<AtomicUsize>,
}

impl Office {
    async fn open() -> Self {
        Self::under(policies::signed_in).await
    }

    async fn under(policy: impl Policy) -> Self {
        let store = Store::new::<(Order, Note, Entry, Folder, Page)>().await;
        let asked = Asked::default();
        let api = resources(store.database()).state(asked.clone());
        let router = api.authenticated(by_header, policy).into_router();
        Self {
            store,
            served: Served::router(router).await,
            asked: asked.0,
        }
    }

    async fn send(&self, user: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
        let api = self.served.api();
        send(&api, user, method, path, body).await
    }

    /// The path of a new order.
    async fn ordered(&self, owner: &str, item: &str) -> String {
        let body = json!({"owner": owner, "item": item});
        let answer = self.send(owner, "POST", "/orders", Some(body)).await;
        answer.expect(201).header("location").unwrap().to_owned()
    }

    /// Owner and item of all orders, whoever may see them.
    async fn orders(&self) -> Vec<(String, String)> {
        let orders = self.store.database().select::<Order>().all().await.unwrap();
        let orders = orders.into_iter();
        orders.map(|order| (order.owner, order.item)).collect()
    }

    async fn entries(&self) -> usize {
        self.store
            .database()
            .select::<Entry>()
            .all()
            .await
            .unwrap()
            .len()
    }
}

fn resources(database: &Database) -> Resourceful {
    Resourceful::new(database.clone())
        .resource::<Order>()
        .resource::<Note>()
        .resource::<Entry>()
        .resource::<Folder>()
        .resource::<Page>()
}

async fn send(api: &Api, user: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
    let mut request = api.request(method, path);
    if !user.is_empty() {
        request = request.header("x-user", user);
    }
    if let Some(body) = body {
        let request_with_type = request.header("content-type", "application/json");
        request = request_with_type.body(body.to_string());
    }
    api.send(request).await
}

fn pair(owner: &str, item: &str) -> (String, String) {
    (owner.to_owned(), item.to_owned())
}

/// One request of each method, to a record that is there.
fn each_method(record: &str) -> [(&'static str, String, Option<Value>); 6] {
    let collection = record.rsplit_once('/').unwrap().0.to_owned();
    let body = || Some(json!({"owner": "bob", "item": "lamp"}));
    [
        ("GET", record.to_owned(), None),
        ("GET", collection.clone(), None),
        ("POST", collection, body()),
        ("PUT", record.to_owned(), body()),
        ("PATCH", record.to_owned(), body()),
        ("DELETE", record.to_owned(), None),
    ]
}

#[tokio::test]
async fn who_does_not_say_who_they_are_is_told_how_to() {
    let office = Office::open().await;
    let chair = office.ordered("alice", "chair").await;
    for (method, path, body) in each_method(&chair) {
        let answer = office.send("", method, &path, body.clone()).await;
        answer.refused(401, "Unauthorized");
        assert_eq!(
            answer.header("www-authenticate"),
            Some("Bearer"),
            "{method}"
        );
        let answer = office.send("impostor", method, &path, body).await;
        answer.refused(401, "Unauthorized");
        let challenge = answer.header("www-authenticate");
        assert_eq!(challenge, Some("Basic realm=\"orders\""), "{method}");
    }
    assert_eq!(office.orders().await, [pair("alice", "chair")]);
}

#[tokio::test]
async fn a_refusal_comes_before_anything_that_is_wrong_with_the_request() {
    let office = Office::open().await;
    let chair = office.ordered("alice", "chair").await;
    let api = office.served.api();
    for (method, path) in [("POST", "/orders"), ("PUT", &chair), ("PATCH", &chair)] {
        let not_json = api.text(method, path, "{not json").await;
        not_json.refused(401, "Unauthorized");
        let not_said = api.call(method, path).await;
        not_said.refused(401, "Unauthorized");
    }
    let unknown = api.get("/orders?colour=red").await;
    unknown.refused(401, "Unauthorized");
    let nobody = api.get("/orders/4711").await;
    nobody.refused(401, "Unauthorized");
    // What the API has is no secret.
    let options = api.call("OPTIONS", "/orders").await.expect(200);
    assert!(options.allow().contains("POST"));
    api.call("TRACE", "/orders").await.problem(405);
    api.get("/order").await.problem(404);
}

#[tokio::test]
async fn a_policy_refuses_methods() {
    let office = Office::open().await;
    let chair = office.ordered("alice", "chair").await;
    for (method, path, body) in each_method(&chair) {
        let answer = office.send("auditor", method, &path, body).await;
        if method == "GET" {
            answer.expect(200);
        } else {
            let faults = answer.refused(403, "Forbidden");
            assert_eq!(faults[0].detail, "auditors only read");
            assert!(answer.header("www-authenticate").is_none());
        }
    }
    assert_eq!(office.orders().await, [pair("alice", "chair")]);
}

#[tokio::test]
async fn everybody_finds_their_own_rows_and_no_others() {
    let office = Office::open().await;
    let chair = office.ordered("alice", "chair").await;
    let lamp = office.ordered("bob", "lamp").await;
    let items = async |user, query: &str| {
        let path = format!("/orders{query}");
        let list = office.send(user, "GET", &path, None).await.expect(200);
        let list = list.json()["data"].clone();
        let list = list.as_array().unwrap().iter();
        list.map(|order| order["item"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(items("alice", "").await, ["chair"]);
    assert_eq!(items("bob", "").await, ["lamp"]);
    assert_eq!(items("admin", "").await, ["chair", "lamp"]);
    // What a client asks for narrows what is permitted, and never widens it.
    let of_lamp = lamp.rsplit('/').next().unwrap();
    assert!(items("alice", &format!("?id={of_lamp}")).await.is_empty());
    office.send("alice", "GET", &chair, None).await.expect(200);
    let hidden = office.send("alice", "GET", &lamp, None).await;
    let missing = office.send("alice", "GET", "/orders/4711", None).await;
    let (hidden, missing) = (hidden.problem(404), missing.problem(404));
    assert_eq!(hidden[0].title, missing[0].title);
    office.send("alice", "HEAD", &lamp, None).await.expect(404);
}

#[tokio::test]
async fn the_rows_of_others_are_as_if_they_were_not_there() {
    let office = Office::open().await;
    let lamp = office.ordered("bob", "lamp").await;
    let mine = json!({"owner": "alice", "item": "vase"});
    for method in ["PUT", "PATCH"] {
        let answer = office
            .send("alice", method, &lamp, Some(mine.clone()))
            .await;
        answer.refused(404, "Order Not Found");
        assert!(!answer.text.contains("bob"), "{answer:?}");
    }
    let answer = office.send("alice", "PATCH", &lamp, Some(json!({}))).await;
    answer.refused(404, "Order Not Found");
    let answer = office.send("alice", "DELETE", &lamp, None).await;
    answer.refused(404, "Order Not Found");
    assert_eq!(office.orders().await, [pair("bob", "lamp")]);
}

#[tokio::test]
async fn a_write_leaves_no_row_of_others_behind() {
    let office = Office::open().await;
    let chair = office.ordered("alice", "chair").await;
    let of_bob = json!({"owner": "bob", "item": "lamp"});
    for (method, path) in [
        ("POST", "/orders"),
        ("PUT", "/orders/4711"),
        ("PUT", &chair),
        ("PATCH", &chair),
    ] {
        let answer = office
            .send("alice", method, path, Some(of_bob.clone()))
            .await;
        answer.refused(403, "Forbidden");
        assert_eq!(office.orders().await, [pair("alice", "chair")], "{method}");
    }
    let answer = office.send("admin", "PATCH", &chair, Some(of_bob)).await;
    answer.expect(200);
    assert_eq!(office.orders().await, [pair("bob", "lamp")]);
}

#[tokio::test]
async fn ones_own_rows_are_written_as_ever() {
    let office = Office::open().await;
    let sofa = json!({"owner": "alice", "item": "sofa"});
    let made = office.send("alice", "PUT", "/orders/7", Some(sofa)).await;
    made.expect(201);
    let desk = json!({"owner": "alice", "item": "desk"});
    let put = office.send("alice", "PUT", "/orders/7", Some(desk)).await;
    put.expect(200);
    let body = json!({"item": "shelf"});
    let patched = office.send("alice", "PATCH", "/orders/7", Some(body)).await;
    assert_eq!(patched.expect(200).json()["data"]["item"], "shelf");
    let removed = office.send("alice", "DELETE", "/orders/7", None).await;
    removed.expect(204);
    assert!(office.orders().await.is_empty());
}

#[tokio::test]
async fn what_a_hook_makes_of_a_record_is_held_to_the_policy_too() {
    let office = Office::open().await;
    let kept = json!({"text": "kept"});
    let made = office.send("alice", "POST", "/notes", Some(kept)).await;
    let path = made.expect(201).header("location").unwrap().to_owned();
    assert_eq!(office.entries().await, 1);
    let away = json!({"text": "to bob"});
    for (method, path) in [
        ("POST", "/notes"),
        ("PUT", &path),
        ("PUT", "/notes/4711"),
        ("PATCH", &path),
    ] {
        let answer = office.send("alice", method, path, Some(away.clone())).await;
        answer.refused(403, "Forbidden");
        // What the hook wrote beside it is undone too.
        assert_eq!(office.entries().await, 1, "{method}");
    }
    let notes = office
        .store
        .database()
        .select::<Note>()
        .all()
        .await
        .unwrap();
    let [note] = notes.as_slice() else {
        panic!("one note was due")
    };
    assert_eq!(
        (note.author.as_str(), note.text.as_str()),
        ("alice", "kept")
    );
    // Nor does a hook see what is hidden.
    for (method, body) in [("PUT", "mine"), ("PATCH", "mine")] {
        let body = Some(json!({"text": body}));
        let answer = office.send("bob", method, &path, body).await;
        answer.refused(404, "Note Not Found");
    }
    assert_eq!(office.entries().await, 1);
}

#[tokio::test]
async fn the_policy_is_asked_before_the_hooks() {
    let office = Office::open().await;
    for (method, path) in [
        ("GET", "/notes"),
        ("GET", "/notes/1"),
        ("DELETE", "/notes/1"),
    ] {
        let answer = office.send("", method, path, None).await;
        answer.refused(401, "Unauthorized");
    }
}

#[tokio::test]
async fn a_policy_is_asked_once_in_a_request() {
    let office = Office::open().await;
    let chair = office.ordered("alice", "chair").await;
    for (method, path, _) in each_method(&chair) {
        let before = office.asked.load(Ordering::SeqCst);
        let body = (!["GET", "DELETE"].contains(&method))
            .then(|| json!({"owner": "alice", "item": "desk"}));
        office.send("alice", method, &path, body).await;
        assert_eq!(office.asked.load(Ordering::SeqCst), before + 1, "{method}");
    }
}

#[tokio::test]
async fn a_policy_that_panics_opens_nothing() {
    let office = Office::open().await;
    let chair = office.ordered("alice", "chair").await;
    for user in ["trouble", "nonsense"] {
        for (method, path, body) in each_method(&chair) {
            office.send(user, method, &path, body).await.problem(500);
        }
    }
    assert_eq!(office.orders().await, [pair("alice", "chair")]);
}

/// The statuses of one request of each method to the entries, of which one is there.
async fn statuses(office: &Office, user: &str) -> Vec<u16> {
    let mut tx = office.store.database().transaction().await.unwrap();
    let entry = Entry {
        id: 0,
        text: "there".to_owned(),
    };
    let entry = tx.insert(&entry).await.unwrap();
    tx.commit().await.unwrap();
    let mut statuses = Vec::new();
    for (method, path, body) in each_method(&format!("/entries/{}", entry.id)) {
        let body = body.map(|_| json!({"text": "written"}));
        statuses.push(office.send(user, method, &path, body).await.status);
    }
    statuses
}

#[tokio::test]
async fn the_policies_that_there_are() {
    const ALL: [u16; 6] = [200, 200, 201, 200, 200, 204];
    let office = Office::under(policies::signed_in).await;
    assert_eq!(statuses(&office, "").await, [401; 6]);
    assert_eq!(statuses(&office, "alice").await, ALL);
    let office = Office::under(policies::read_only_for_strangers).await;
    let reads = [200, 200, 401, 401, 401, 401];
    assert_eq!(statuses(&office, "").await, reads);
    assert_eq!(statuses(&office, "alice").await, ALL);
    let office = Office::under(policies::nobody).await;
    assert_eq!(statuses(&office, "").await, [401; 6]);
    assert_eq!(statuses(&office, "alice").await, [403; 6]);
    // A resource's own policy is asked in its place.
    office.ordered("alice", "chair").await;
    let office = Office::under(policies::anybody).await;
    assert_eq!(statuses(&office, "").await, ALL);
}

/// A policy with something in its hands.
struct Members(Vec<&'static str>);

impl Policy for Members {
    async fn decide(&self, cx: &Context, _method: Method) -> Result<(), Report> {
        match cx.principal() {
            Some(principal) if self.0.contains(&principal.id()) => Ok(()),
            _ => Err(ApiError::forbidden("this is for members").into()),
        }
    }
}

async fn no_deleting(_cx: &Context, method: Method) -> Result<(), ApiError> {
    match method {
        Method::Delete => Err(ApiError::forbidden("nothing is ever deleted")),
        _ => Ok(()),
    }
}

#[tokio::test]
async fn the_applications_own_policies() {
    let office = Office::under(Members(vec!["alice"])).await;
    assert_eq!(statuses(&office, "bob").await, [403; 6]);
    assert_eq!(statuses(&office, "alice").await[..3], [200, 200, 201]);
    let office = Office::under(no_deleting).await;
    assert_eq!(statuses(&office, "").await, [200, 200, 201, 200, 200, 403]);
}

/// Tokens, and whose they are.
struct Tokens(Vec<(&'static str, &'static str)>);

impl topchef_runtime::http::Authenticator for Tokens {
    async fn authenticate(&self, parts: &Parts) -> Result<Option<Principal>, Report> {
        let token = parts.headers.get("x-user").and_then(|it| it.to_str().ok());
        let known = |token| self.0.iter().find(|(known, _)| *known == token);
        Ok(token.and_then(known).map(|(_, name)| Principal::new(*name)))
    }
}

#[tokio::test]
async fn an_authenticator_may_hold_what_it_needs() {
    let store = Store::new::<(Order, Note, Entry, Folder, Page)>().await;
    let database = store.database();
    let api = resources(database);
    let router = api.authenticated(Tokens(vec![("123", "alice")]), policies::signed_in);
    let served = Served::router(router.into_router()).await;
    let api = served.api();
    send(&api, "123", "GET", "/entries", None).await.expect(200);
    send(&api, "124", "GET", "/entries", None).await.expect(401);

    let tokens = Arc::new(vec!["456".to_owned()]);
    let in_closure = move |parts: &Parts| {
        let tokens = Arc::clone(&tokens);
        let token = parts.headers.get("x-user").cloned();
        async move {
            let known = token.is_some_and(|token| tokens.iter().any(|known| token == *known));
            Ok::<_, Report>(known.then(|| Principal::new("alice")))
        }
    };
    let api = resources(database).authenticated(in_closure, policies::signed_in);
    let served = Served::router(api.into_router()).await;
    let api = served.api();
    send(&api, "456", "GET", "/entries", None).await.expect(200);
    send(&api, "123", "GET", "/entries", None).await.expect(401);
}

#[tokio::test]
async fn a_resources_own_policy_counts_in_a_public_api_too() {
    let store = Store::new::<(Order, Note, Entry, Folder, Page)>().await;
    let database = store.database();
    let served = Served::new(resources(database)).await;
    let api = served.api();
    api.get("/entries").await.expect(200);
    api.get("/orders").await.refused(401, "Unauthorized");
    // Nobody can say who they are where nobody asks.
    let answer = send(&api, "alice", "GET", "/orders", None).await;
    answer.refused(401, "Unauthorized");
}

#[tokio::test]
async fn one_record_of_others_undoes_all_of_a_bulk() {
    let office = Office::open().await;
    let body = json!([
        {"owner": "alice", "item": "chair"},
        {"owner": "bob", "item": "lamp"},
        {"owner": "alice", "item": "desk"},
    ]);
    let answer = office.send("alice", "POST", "/orders", Some(body)).await;
    answer.refused(403, "Forbidden");
    assert!(office.orders().await.is_empty());
    let body = json!([{"owner": "alice", "item": "chair"}, {"owner": "alice", "item": "desk"}]);
    let answer = office.send("alice", "POST", "/orders", Some(body)).await;
    answer.expect(201);
    assert_eq!(office.orders().await.len(), 2);
    assert_eq!(office.asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn hidden_rows_are_not_counted() {
    let office = Office::open().await;
    office.ordered("alice", "chair").await;
    office.ordered("bob", "lamp").await;
    let path = "/orders?count=exact&or=(id=1,id=2)";
    let list = office.send("alice", "GET", path, None).await.expect(200);
    assert_eq!(list.json()["meta"]["total"], 1);
    assert_eq!(list.json()["data"][0]["item"], "chair");
}

#[tokio::test]
async fn what_a_precondition_says_of_hidden_rows_is_what_it_says_of_none() {
    let office = Office::open().await;
    let lamp = office.ordered("bob", "lamp").await;
    let api = office.served.api();
    let mut statuses = Vec::new();
    for path in [&lamp, "/orders/4711"] {
        for (method, tag) in [("PUT", "*"), ("PATCH", "*"), ("DELETE", "*"), ("GET", "*")] {
            let request = api.request(method, path).header("x-user", "alice");
            let request = request.header("if-match", tag);
            let request = request.header("content-type", "application/json");
            let request = request.body(json!({"owner": "alice", "item": "vase"}).to_string());
            statuses.push(api.send(request).await.status);
        }
    }
    let (hidden, missing) = statuses.split_at(4);
    assert_eq!(hidden, missing);
    assert_eq!(office.orders().await, [pair("bob", "lamp")]);
}

impl Office {
    async fn folders(&self) -> usize {
        self.store
            .database()
            .select::<Folder>()
            .all()
            .await
            .unwrap()
            .len()
    }

    /// A folder of Alice's with a page of hers and one of Bob's.
    async fn shared_folder(&self) -> i64 {
        let mut tx = self.store.database().transaction().await.unwrap();
        let folder = Folder {
            id: 0,
            owner: "alice".to_owned(),
        };
        let folder = tx.insert(&folder).await.unwrap().id;
        for owner in ["alice", "bob"] {
            let page = Page {
                id: 0,
                folder_id: folder,
                owner: owner.to_owned(),
            };
            tx.insert(&page).await.unwrap();
        }
        tx.commit().await.unwrap();
        folder
    }
}

#[tokio::test]
async fn records_below_another_are_held_to_their_own_policy() {
    let office = Office::open().await;
    let folder = |owner, page| json!({"owner": owner, "pages": [{"owner": page}]});
    let post = async |user, body| office.send(user, "POST", "/folders", Some(body)).await;
    for body in [folder("alice", "bob"), folder("bob", "alice")] {
        post("alice", body).await.refused(403, "Forbidden");
        assert_eq!(office.folders().await, 0);
    }
    let refused = post("carol", folder("carol", "carol")).await;
    assert_eq!(
        refused.refused(403, "Forbidden")[0].detail,
        "no pages for carol"
    );
    assert_eq!(office.folders().await, 0);
    post("carol", json!({"owner": "carol"})).await.expect(201);
    post("alice", folder("alice", "alice")).await.expect(201);
    assert_eq!(office.folders().await, 2);
    assert_eq!(
        office
            .store
            .database()
            .select::<Page>()
            .all()
            .await
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn related_records_are_those_that_their_own_policy_permits() {
    let office = Office::open().await;
    let folder = office.shared_folder().await;
    let path = format!("/folders/{folder}?include=pages");
    let shown = office.send("alice", "GET", &path, None).await.expect(200);
    let shown = shown.json()["data"]["pages"].clone();
    assert_eq!(shown.as_array().unwrap().len(), 1, "{shown}");
    assert_eq!(shown[0]["owner"], "alice");
    // Bob's page shows nothing of the folder, which is not his.
    let pages = office
        .send("bob", "GET", "/pages?include=folder", None)
        .await;
    let pages = pages.expect(200).json()["data"].clone();
    assert_eq!(pages.as_array().unwrap().len(), 1, "{pages}");
    assert!(pages[0]["folder"].is_null(), "{pages}");
}

#[tokio::test]
async fn a_refusal_of_related_records_comes_before_the_write() {
    let office = Office::open().await;
    let body = Some(json!({"owner": "carol"}));
    let path = "/folders?include=pages";
    let answer = office.send("carol", "POST", path, body).await;
    answer.refused(403, "Forbidden");
    assert_eq!(office.folders().await, 0);
    let answer = office.send("carol", "GET", path, None).await;
    answer.refused(403, "Forbidden");
    office
        .send("carol", "GET", "/folders", None)
        .await
        .expect(200);
}
