//! Entity tags and what requests ask of them: `ETag`, `If-Match`, `If-None-Match`, and what counts as a change.
//!
//! A book's versions are counted; a leaflet is known by its contents alone.

#![expect(
    clippy::unwrap_used,
    reason = "what a test's helpers cannot do stops the test"
)]

use serde_json::{Value, json};
use topchef_runtime::{ApiError, Context, ModelResource, Next, Report, Tracked, Transaction};
use topchef_tests::local::{Local, Store};
use topchef_tests::{Answer, Api};

/// A book whose versions are counted.
#[derive(Clone, Debug, ModelResource)]
#[resource(rename_all = "camelCase")]
struct Book {
    id: i64,
    title: String,
    pages: Option<i32>,
    #[resource(write_only)]
    secret: Option<String>,
    #[resource(default = 0, on_update = 7)]
    touched: i32,
    #[resource(version)]
    version: i64,
}

/// A leaflet, which has no version.
#[derive(ModelResource)]
#[resource(relations(pictures(has_many = Picture, by = leaflet_id)))]
struct Leaflet {
    id: i64,
    title: String,
    pages: Option<i32>,
    weight: Option<f64>,
    #[resource(write_only)]
    secret: Option<String>,
}

/// A picture in a leaflet.
#[derive(ModelResource)]
struct Picture {
    id: i64,
    #[resource(references = Leaflet)]
    leaflet_id: i64,
    name: String,
}

/// A contract that a hook watches: what is titled "void" is refused, "twice" is written by the hook too.
#[derive(Clone, Debug, ModelResource)]
#[resource(before_commit(put = watch, patch = watch, delete = watch))]
struct Contract {
    id: i64,
    title: String,
    #[resource(default = 0)]
    seen: i64,
    #[resource(version)]
    version: i64,
}

/// A contract without a version.
#[derive(ModelResource)]
#[resource(before_commit(put = allow, patch = allow, delete = allow))]
struct Draft {
    id: i64,
    title: String,
}

async fn watch(
    _: &Context,
    tx: &mut Transaction,
    contract: &mut Tracked<Contract>,
) -> Result<Next, Report> {
    if contract.title == "void" {
        return Err(ApiError::constraint().into());
    }
    if contract.title == "twice"
        && let Some(mut stored) = tx.get::<Contract>(contract.id).await?
    {
        stored.set(Contract::SEEN, 1);
        tx.save(&mut stored).await?;
    }
    Ok(Next::Proceed)
}

async fn allow(_: &Context, _: &mut Transaction, _: &mut Tracked<Draft>) -> Result<Next, Report> {
    Ok(Next::Proceed)
}

/// The paths of the four resources: versions counted or not, watched by a hook or not.
const PATHS: [&str; 4] = ["/books", "/leaflets", "/contracts", "/drafts"];

async fn shelf() -> Local {
    Local::start::<(Book, Leaflet, Picture, Contract, Draft)>(|api| {
        api.resource::<Book>()
            .resource::<Leaflet>()
            .resource::<Picture>()
            .resource::<Contract>()
            .resource::<Draft>()
    })
    .await
}

/// A request with some headers, and a JSON body when there is one.
async fn ask(
    api: &Api,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<Value>,
) -> Answer {
    let mut request = api.request(method, path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if let Some(body) = body {
        request = request
            .header("content-type", "application/json")
            .body(body.to_string());
    }
    api.send(request).await
}

fn tag(answer: &Answer) -> String {
    answer.header("etag").unwrap().to_owned()
}

/// Makes one and gives its path and tag.
async fn made(api: &Api, path: &str) -> (String, String) {
    let answer = api.post(path, &json!({"title": "one"})).await.expect(201);
    (answer.header("location").unwrap().to_owned(), tag(&answer))
}

#[tokio::test]
async fn every_answer_with_the_record_has_its_tag() {
    let local = shelf().await;
    let api = local.api();
    for path in PATHS {
        let (one, first) = made(&api, path).await;
        assert_eq!(tag(&api.get(&one).await.expect(200)), first, "{path}");
        assert_eq!(tag(&api.call("HEAD", &one).await.expect(200)), first);
        let fields = api.get(&format!("{one}?fields=id")).await.expect(200);
        assert_eq!(tag(&fields), first, "the tag is the row's");
        let patched = api.patch(&one, &json!({"title": "two"})).await.expect(200);
        assert_ne!(tag(&patched), first, "{path}");
        assert_eq!(tag(&api.get(&one).await), tag(&patched), "{path}");
        let put = api.put(&one, &json!({"title": "three"})).await.expect(200);
        assert_ne!(tag(&put), tag(&patched), "{path}");
        assert_eq!(tag(&api.get(&one).await), tag(&put), "{path}");
        let other = format!("{path}/77");
        let created = api.put(&other, &json!({"title": "new"})).await.expect(201);
        assert_eq!(tag(&api.get(&other).await), tag(&created));
    }
}

#[tokio::test]
async fn a_version_begins_with_one_and_every_change_adds_one() {
    let local = shelf().await;
    let api = local.api();
    let (book, first) = made(&api, "/books").await;
    assert_eq!(first, r#""1""#);
    let put = api.put(&book, &json!({"title": "two"})).await.expect(200);
    assert_eq!(tag(&put), r#""2""#);
    assert_eq!(put.json()["data"]["version"], 2);
    assert_eq!(
        put.json()["data"]["touched"],
        7,
        "it changes with every change"
    );
    let patched = api.patch(&book, &json!({"touched": 3})).await.expect(200);
    assert_eq!(tag(&patched), r#""3""#);
    assert_eq!(patched.json()["data"]["touched"], 3, "unless it is given");
    let nothing = api.patch(&book, &json!({})).await.expect(200);
    assert_eq!(tag(&nothing), r#""3""#, "a patch of nothing is a read");
    assert_eq!(nothing.json()["data"]["touched"], 3);
    let created = api.put("/books/9", &json!({"title": "nine"})).await;
    assert_eq!(tag(&created.expect(201)), r#""1""#);
    api.patch(&book, &json!({"version": 9})).await.problem(400);
}

#[tokio::test]
async fn what_never_goes_out_does_not_change_the_tag_of_the_contents() {
    let local = shelf().await;
    let api = local.api();
    let (leaflet, first) = made(&api, "/leaflets").await;
    let patched = api.patch(&leaflet, &json!({"secret": "x"})).await;
    assert_eq!(tag(&patched.expect(200)), first);
    let patched = api.patch(&leaflet, &json!({"weight": 2})).await;
    let heavier = tag(&patched.expect(200));
    assert_ne!(heavier, first);
    assert_eq!(tag(&api.get(&leaflet).await), heavier);
    let back = api.patch(&leaflet, &json!({"weight": null})).await;
    assert_eq!(
        tag(&back.expect(200)),
        first,
        "the same contents, the same tag"
    );
}

#[tokio::test]
async fn related_records_are_a_part_of_the_tag_but_not_of_the_row_s() {
    let local = shelf().await;
    let api = local.api();
    let (leaflet, row) = made(&api, "/leaflets").await;
    let id: i64 = leaflet.rsplit('/').next().unwrap().parse().unwrap();
    let with = format!("{leaflet}?fields=id,pictures");
    let before = tag(&api.get(&with).await.expect(200));
    let (of_row, of_body) = before.trim_matches('"').split_once('.').unwrap();
    assert_eq!(format!("\"{of_row}\""), row);
    assert!(!of_body.is_empty());
    let unchanged = ask(&api, "GET", &with, &[("if-none-match", &before)], None).await;
    unchanged.expect(304);
    let picture = json!({"leaflet_id": id, "name": "map"});
    api.post("/pictures", &picture).await.expect(201);
    let after = ask(&api, "GET", &with, &[("if-none-match", &before)], None).await;
    assert_ne!(tag(&after.expect(200)), before);
    // The row itself is still what it was.
    let body = Some(json!({"title": "two"}));
    let patched = ask(&api, "PATCH", &leaflet, &[("if-match", &before)], body).await;
    patched.expect(200);
}

#[tokio::test]
async fn a_read_of_what_the_client_has_is_answered_without_it() {
    let local = shelf().await;
    let api = local.api();
    for path in PATHS {
        let (one, first) = made(&api, path).await;
        let weak = format!("W/{first}");
        let list = format!("\"other\", {first}");
        for sent in [first.as_str(), &weak, &list, "*"] {
            for method in ["GET", "HEAD"] {
                let answer = ask(&api, method, &one, &[("if-none-match", sent)], None).await;
                let answer = answer.expect(304);
                assert_eq!(tag(&answer), first);
                assert_eq!(answer.text, "");
                assert_eq!(answer.header("content-type"), None);
            }
        }
        let other = ask(&api, "GET", &one, &[("if-none-match", "\"other\"")], None).await;
        other.expect(200);
        let nowhere = format!("{path}/99");
        let missing = ask(&api, "GET", &nowhere, &[("if-none-match", "*")], None).await;
        missing.problem(404);
        let matching = ask(&api, "GET", &one, &[("if-match", &first)], None).await;
        matching.expect(200);
        let failed = ask(&api, "GET", &one, &[("if-match", "\"other\"")], None).await;
        failed.refused(412, "Precondition Failed");
    }
}

#[tokio::test]
async fn a_write_is_made_only_to_the_record_that_is_asked_for() {
    let local = shelf().await;
    let api = local.api();
    let body = || Some(json!({"title": "mine"}));
    for path in PATHS {
        let (one, first) = made(&api, path).await;
        let second = tag(&api.patch(&one, &json!({"title": "two"})).await.expect(200));
        let weak = format!("W/{second}");
        for method in ["PUT", "PATCH", "DELETE"] {
            let body = || body().filter(|_| method != "DELETE");
            for refused in [
                ("if-match", first.as_str()),
                ("if-match", &weak),
                ("if-match", "\"x\", \"-1\", \"02\""),
                ("if-none-match", "*"),
                ("if-none-match", &second),
                ("if-none-match", &weak),
            ] {
                let answer = ask(&api, method, &one, &[refused], body()).await;
                let faults = answer.refused(412, "Precondition Failed");
                assert_eq!(faults[0].code, "precondition_failed", "{path} {refused:?}");
            }
        }
        let unchanged = api.get(&one).await.expect(200);
        assert_eq!(tag(&unchanged), second, "{path}");
        assert_eq!(unchanged.json()["data"]["title"], "two");
        let list = format!("\"x\",{second}");
        let headers = [("if-match", list.as_str()), ("if-none-match", &first)];
        let put = ask(&api, "PUT", &one, &headers, body()).await.expect(200);
        let any = ask(&api, "PATCH", &one, &[("if-match", "*")], body()).await;
        let third = tag(&any.expect(200));
        assert_eq!(third == tag(&put), path == "/leaflets" || path == "/drafts");
        let gone = ask(&api, "DELETE", &one, &[("if-match", &third)], None).await;
        gone.expect(204);
        for (method, status) in [("PUT", 412), ("PATCH", 404), ("DELETE", 404)] {
            let body = body().filter(|_| method != "DELETE");
            let answer = ask(&api, method, &one, &[("if-match", &third)], body.clone()).await;
            answer.problem(status);
            let answer = ask(&api, method, &one, &[("if-match", "*")], body).await;
            answer.problem(status);
        }
        api.get(&one).await.problem(404);
    }
}

#[tokio::test]
async fn a_put_may_ask_that_there_is_no_record_yet() {
    let local = shelf().await;
    let api = local.api();
    for path in PATHS {
        let one = format!("{path}/5");
        let body = || Some(json!({"title": "first"}));
        let none = [("if-none-match", "*")];
        let created = ask(&api, "PUT", &one, &none, body()).await.expect(201);
        let again = ask(&api, "PUT", &one, &none, Some(json!({"title": "again"}))).await;
        again.refused(412, "Precondition Failed");
        assert_eq!(tag(&api.get(&one).await), tag(&created));
    }
}

#[tokio::test]
async fn an_unreadable_precondition_is_refused() {
    let local = shelf().await;
    let api = local.api();
    let (book, _) = made(&api, "/books").await;
    for (method, body) in [
        ("GET", None),
        ("PUT", Some(json!({"title": "x"}))),
        ("PATCH", Some(json!({"title": "x"}))),
        ("DELETE", None),
    ] {
        for header in ["if-match", "if-none-match"] {
            for value in ["", "7", "\"7", "*, \"7\"", "\"7\" \"8\"", "w/\"7\""] {
                let answer = ask(&api, method, &book, &[(header, value)], body.clone()).await;
                let faults = answer.refused(400, "Invalid Header");
                assert_eq!(faults[0].code, "malformed_header");
            }
        }
    }
    let many = vec!["\"1\""; 101].join(",");
    let answer = ask(&api, "GET", &book, &[("if-match", &many)], None).await;
    answer.problem(400);
    api.get(&book).await.expect(200);
}

#[tokio::test]
async fn of_many_clients_with_the_same_tag_exactly_one_writes() {
    let local = shelf().await;
    let api = local.api();
    for path in PATHS {
        let (one, first) = made(&api, path).await;
        let clients = (0..24).map(|number| {
            let (api, one, first) = (api.clone(), one.clone(), first.clone());
            let method = if number % 2 == 0 { "PATCH" } else { "PUT" };
            tokio::spawn(async move {
                let body = Some(json!({"title": format!("client {number}")}));
                let answer = ask(&api, method, &one, &[("if-match", &first)], body).await;
                (answer.status, format!("client {number}"))
            })
        });
        let clients: Vec<_> = clients.collect();
        let mut winners = Vec::new();
        for client in clients {
            let (status, title) = client.await.unwrap();
            match status {
                200 => winners.push(title),
                other => assert_eq!(other, 412, "{path}"),
            }
        }
        assert_eq!(winners.len(), 1, "{path}: {winners:?}");
        let stored = api.get(&one).await.expect(200).json();
        assert_eq!(stored["data"]["title"], winners[0].as_str(), "{path}");
    }
}

#[tokio::test]
async fn a_hook_may_write_the_same_record_under_a_precondition() {
    let local = shelf().await;
    let api = local.api();
    let (one, first) = made(&api, "/contracts").await;
    let body = Some(json!({"title": "twice"}));
    let answer = ask(&api, "PATCH", &one, &[("if-match", &first)], body).await;
    let data = answer.expect(200).json()["data"].clone();
    assert_eq!(
        (&data["title"], &data["seen"]),
        (&json!("twice"), &json!(1))
    );
    assert_eq!(data["version"], 3, "two changes");
    let body = Some(json!({"title": "void"}));
    let answer = ask(&api, "PATCH", &one, &[("if-match", "\"3\"")], body).await;
    answer.problem(400);
    assert_eq!(tag(&api.get(&one).await), r#""3""#);
}

#[tokio::test]
async fn a_record_that_was_changed_meanwhile_is_not_saved() {
    let store = Store::new::<Book>().await;
    let database = store.database();
    let book = Book {
        id: 0,
        title: "one".to_owned(),
        pages: None,
        secret: None,
        touched: 0,
        version: 40,
    };
    let mut tx = database.transaction().await.unwrap();
    let stored = tx.insert(&book).await.unwrap();
    assert_eq!(stored.version, 1, "a new record begins with one");
    let mut mine = tx.get::<Book>(stored.id).await.unwrap().unwrap();
    let mut yours = tx.get::<Book>(stored.id).await.unwrap().unwrap();
    mine.set(Book::TITLE, "mine");
    tx.save(&mut mine).await.unwrap();
    assert_eq!((mine.version, mine.touched), (2, 7));
    mine.set(Book::TITLE, "mine again");
    tx.save(&mut mine).await.unwrap();
    assert_eq!(mine.version, 3);
    yours.set(Book::TITLE, "yours");
    let refused = tx.save(&mut yours).await.unwrap_err();
    assert_eq!(refused.status(), 409);
    assert_eq!(refused.errors()[0].code(), "changed_meanwhile");
    tx.delete(&stored).await.unwrap();
    let gone = tx.save(&mut yours).await.unwrap_err();
    assert_eq!(gone.status(), 404);
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn patches_are_of_two_media_types_and_options_says_so() {
    let local = shelf().await;
    let api = local.api();
    let (book, _) = made(&api, "/books").await;
    let accepted = "application/merge-patch+json, application/json";
    let options = api.call("OPTIONS", &book).await.expect(200);
    assert_eq!(options.header("accept-patch"), Some(accepted));
    let collection = api.call("OPTIONS", "/books").await.expect(200);
    assert_eq!(collection.header("accept-patch"), None);
    for (media_type, status) in [
        ("application/merge-patch+json", 200),
        ("application/json; charset=utf-8", 200),
        ("application/json-patch+json", 415),
        ("application/vnd.api+json", 415),
    ] {
        let request = api.request("PATCH", &book);
        let request = request.header("content-type", media_type).body("{}");
        let answer = api.send(request).await;
        assert_eq!(answer.status, status, "{media_type}");
        if status == 415 {
            answer.problem(415);
            assert_eq!(answer.header("accept-patch"), Some(accepted));
        }
    }
}
