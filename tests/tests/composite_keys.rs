//! Records with a primary key of several columns: their paths, their lists, their writes, and the same in code.

#![expect(
    clippy::unwrap_used,
    reason = "what a test's helpers cannot do stops the test"
)]

use serde_json::{Value, json};
use topchef_runtime::{ModelResource, Report};
use topchef_tests::local::Local;
use topchef_tests::{Answer, Api};
use uuid::Uuid;

/// A line of an order: of which order, and of what.
#[derive(Clone, Debug, ModelResource, PartialEq)]
#[resource(rename_all = "camelCase", collection(page_size = 3, sort = [order_number, part, units]))]
struct Line {
    #[resource(primary_key, maximum = 99999)]
    order_number: i64,
    #[resource(primary_key, max_length = 30)]
    part: String,
    #[resource(default = 1, minimum = 1)]
    units: i32,
    #[resource(max_length = 20)]
    note: Option<String>,
}

/// A key of three columns of other types, one of which is made when none is given.
#[derive(Clone, Debug, ModelResource, PartialEq)]
struct Cell {
    #[resource(primary_key)]
    sheet: Uuid,
    #[resource(primary_key)]
    row: i32,
    #[resource(primary_key)]
    is_left: bool,
    text: String,
}

/// Parts whose names are not made for paths.
const PARTS: [&str; 12] = [
    "a",
    "a/b",
    "/",
    "a%2Fb",
    "%",
    "100%",
    "a b",
    "a+b",
    "é",
    "🦀?x=1#y",
    "..a",
    "a,b",
];

async fn shop() -> Local {
    Local::start::<(Line, Cell)>(|api| api.resource::<Line>().resource::<Cell>()).await
}

fn line(order_number: i64, part: &str) -> Line {
    Line {
        order_number,
        part: part.to_owned(),
        units: 1,
        note: None,
    }
}

async fn lines(local: &Local) -> Vec<Line> {
    let lines = local.database().select::<Line>().limit(10_000);
    lines.all().await.unwrap()
}

fn keys(answer: &Value) -> Vec<(i64, String)> {
    let rows = answer["data"].as_array().unwrap().iter();
    rows.map(|row| {
        let part = row["part"].as_str().unwrap();
        (row["orderNumber"].as_i64().unwrap(), part.to_owned())
    })
    .collect()
}

async fn post(api: &Api, order: i64, part: &str) -> Answer {
    let body = json!({"orderNumber": order, "part": part});
    api.post("/lines", &body).await
}

#[tokio::test]
async fn every_method_finds_the_record_that_location_names() {
    let local = shop().await;
    let api = local.api();
    for part in PARTS {
        for order in [-7, 12] {
            let posted = post(&api, order, part).await.expect(201);
            let path = posted.header("location").unwrap().to_owned();
            assert!(path.starts_with(&format!("/lines/{order}/")), "{path}");
            assert_eq!(path.matches('/').count(), 3, "{path}");
            assert_eq!(posted.json()["links"]["self"], path);
            let got = api.get(&path).await.expect(200).json();
            assert_eq!(got["data"]["part"], part, "{path}");
            assert_eq!(got["data"]["orderNumber"], order, "{path}");
            assert_eq!(got["links"]["self"], path);
            let put = api.put(&path, &json!({"units": 5})).await.expect(200);
            assert_eq!(put.json()["data"]["part"], part, "{path}");
            let patched = api.patch(&path, &json!({"note": "n"})).await.expect(200);
            assert_eq!(
                patched.json()["data"],
                json!({"orderNumber": order, "part": part, "units": 5, "note": "n"})
            );
            let head = api.call("HEAD", &path).await.expect(200);
            assert_eq!(head.header("etag"), patched.header("etag"));
        }
    }
    assert_eq!(lines(&local).await.len(), PARTS.len() * 2);
    for line in lines(&local).await {
        assert_eq!((line.units, line.note.as_deref()), (5, Some("n")));
    }
    for path in ["/lines/12/a%2Fb", "/lines/12/100%25"] {
        api.delete(path).await.expect(204);
        api.delete(path).await.refused(404, "Line Not Found");
        api.get(path).await.refused(404, "Line Not Found");
    }
    let left = lines(&local).await;
    assert_eq!(left.len(), PARTS.len() * 2 - 2);
    assert!(left.contains(&Line {
        units: 5,
        note: Some("n".to_owned()),
        ..line(-7, "a/b")
    }));
}

#[tokio::test]
async fn the_parts_of_a_key_are_not_glued_together() {
    let local = shop().await;
    let api = local.api();
    for (order, part) in [(1, "1"), (11, "1"), (1, "11"), (111, ""), (1, "1/1")] {
        let answer = post(&api, order, part).await;
        if part.is_empty() {
            // No path could name it.
            answer.problem(400);
        } else {
            answer.expect(201);
        }
    }
    api.delete("/lines/1/1").await.expect(204);
    let left: Vec<_> = lines(&local)
        .await
        .into_iter()
        .map(|line| (line.order_number, line.part))
        .collect();
    let due = [(1, "1/1"), (1, "11"), (11, "1")];
    assert_eq!(left, due.map(|(order, part)| (order, part.to_owned())));
}

#[tokio::test]
async fn a_path_with_more_or_fewer_parts_is_no_record() {
    let local = shop().await;
    let api = local.api();
    post(&api, 1, "a").await.expect(201);
    for path in [
        "/lines/1",
        "/lines/1/a/b",
        "/lines/1/",
        "/lines//a",
        "/lines/1/a/",
        "/lines/a/1",
        "/lines/1.0/a",
        "/lines/99999999999999999999/a",
    ] {
        for method in ["GET", "PUT", "PATCH", "DELETE"] {
            let body = json!({"units": 9}).to_string();
            let answer = api.text(method, path, &body).await;
            assert!(
                matches!(answer.status, 404 | 405),
                "{method} {path}: {answer:?}"
            );
            answer.problem(answer.status);
        }
    }
    assert_eq!(lines(&local).await, [line(1, "a")]);
}

#[tokio::test]
async fn a_key_that_is_taken_is_a_conflict() {
    let local = shop().await;
    let api = local.api();
    post(&api, 1, "a").await.expect(201);
    let faults = post(&api, 1, "a").await.refused(409, "Conflict");
    let pointers: Vec<_> = faults
        .iter()
        .filter_map(|fault| fault.pointer.as_deref())
        .collect();
    assert!(
        pointers.contains(&"/orderNumber") || pointers.contains(&"/part"),
        "{faults:?}"
    );
    post(&api, 1, "b").await.expect(201);
    post(&api, 2, "a").await.expect(201);
    let bulk = json!([{"orderNumber": 3, "part": "a"}, {"orderNumber": 3, "part": "a"}]);
    api.post("/lines", &bulk).await.refused(409, "Conflict");
    assert_eq!(lines(&local).await.len(), 3);
}

#[tokio::test]
async fn all_parts_of_a_key_must_be_given() {
    let local = shop().await;
    let api = local.api();
    let answer = api.post("/lines", &json!({})).await;
    let mut pointers: Vec<_> = answer
        .problem(400)
        .into_iter()
        .filter_map(|fault| fault.pointer)
        .collect();
    pointers.sort();
    assert_eq!(pointers, ["/orderNumber", "/part"]);
    for body in [
        json!({"orderNumber": null, "part": "a"}),
        json!({"orderNumber": "1", "part": "a"}),
        json!({"orderNumber": 1, "part": ".."}),
        json!({"orderNumber": 1}),
    ] {
        api.post("/lines", &body).await.problem(400);
    }
    assert_eq!(lines(&local).await, []);
}

#[tokio::test]
async fn the_key_in_a_body_is_that_of_the_path_or_refused() {
    let local = shop().await;
    let api = local.api();
    post(&api, 1, "a/b").await.expect(201);
    post(&api, 2, "a/b").await.expect(201);
    for method in ["PUT", "PATCH"] {
        for body in [
            json!({"units": 2}),
            json!({"units": 2, "orderNumber": 1}),
            json!({"units": 2, "part": "a/b"}),
            json!({"units": 2, "order_number": 1, "part": "a/b"}),
        ] {
            let answer = api.text(method, "/lines/1/a%2Fb", &body.to_string()).await;
            answer.expect(200);
        }
        for (body, pointer) in [
            (json!({"orderNumber": 2}), "/orderNumber"),
            (json!({"orderNumber": 1, "part": "b"}), "/part"),
            (json!({"part": "a%2Fb"}), "/part"),
        ] {
            let answer = api.text(method, "/lines/1/a%2Fb", &body.to_string()).await;
            let faults = answer.problem(400);
            assert_eq!(faults.len(), 1, "{faults:?}");
            assert_eq!(
                faults[0].pointer.as_deref(),
                Some(pointer),
                "{method} {body}"
            );
        }
    }
    let made = api
        .put("/lines/3/a%2Fb", &json!({"units": 4}))
        .await
        .expect(201);
    assert_eq!(made.header("location"), Some("/lines/3/a%2Fb"));
    let stored = lines(&local).await;
    let stored: Vec<_> = stored
        .iter()
        .map(|line| (line.order_number, line.part.as_str(), line.units))
        .collect();
    assert_eq!(stored, [(1, "a/b", 2), (2, "a/b", 1), (3, "a/b", 4)]);
    let missing = api.patch("/lines/4/a%2Fb", &json!({"units": 4})).await;
    missing.refused(404, "Line Not Found");
    assert_eq!(lines(&local).await.len(), 3);
}

#[tokio::test]
async fn a_key_in_a_path_is_held_to_what_its_columns_ask_of_clients() {
    let local = shop().await;
    let api = local.api();
    let long = "x".repeat(31);
    for (path, pointer, code) in [
        (format!("/lines/1/{long}"), "/part", "max_length"),
        ("/lines/100000/a".to_owned(), "/orderNumber", "maximum"),
    ] {
        for body in [json!({}), json!({"units": 2})] {
            let faults = api.put(&path, &body).await.problem(400);
            assert_eq!(faults.len(), 1, "{faults:?}");
            assert_eq!(faults[0].pointer.as_deref(), Some(pointer));
            assert_eq!(faults[0].code, code);
        }
        api.get(&path).await.refused(404, "Line Not Found");
        let request = api.request("PUT", &path).header("if-match", "*");
        let request = request.header("content-type", "application/json");
        api.send(request.body("{}")).await.problem(412);
    }
    assert_eq!(lines(&local).await, []);
    // What code made is replaced all the same: it is there.
    let mut tx = local.database().transaction().await.unwrap();
    tx.insert(&line(1, &long)).await.unwrap();
    tx.commit().await.unwrap();
    let path = format!("/lines/1/{long}");
    api.put(&path, &json!({"units": 5})).await.expect(200);
    api.delete(&path).await.expect(204);
}

#[tokio::test]
async fn lists_are_sorted_by_the_whole_key_and_walked_by_cursors() {
    let local = shop().await;
    let api = local.api();
    let mut due = Vec::new();
    for order in [2, 1, 10] {
        for part in ["b", "a", "a/b", "%"] {
            post(&api, order, part).await.expect(201);
            due.push((order, part.to_owned()));
        }
    }
    due.sort();
    for begin in ["/lines", "/lines?cursor=", "/lines?cursor=&sort=-units"] {
        let mut path = begin.to_owned();
        let mut walked = Vec::new();
        loop {
            let page = api.get(&path).await.expect(200).json();
            assert!(keys(&page).len() <= 3, "{page}");
            walked.extend(keys(&page));
            assert!(walked.len() <= due.len(), "{begin}: {walked:?}");
            match page["links"]["next"].as_str() {
                Some(next) => next.clone_into(&mut path),
                None => break,
            }
        }
        assert_eq!(walked, due, "{begin}");
    }
    let sorted = api
        .get("/lines?sort=-part,orderNumber&limit=4")
        .await
        .expect(200);
    let sorted = keys(&sorted.json());
    assert_eq!(
        sorted,
        [(1, "b"), (2, "b"), (10, "b")]
            .map(|(order, part)| (order, part.to_owned()))
            .into_iter()
            .chain([(1, "a/b".to_owned())])
            .collect::<Vec<_>>()
    );
    let found = api
        .get("/lines?order_number=2&part[in]=a,\"a/b\"")
        .await
        .expect(200);
    assert_eq!(keys(&found.json()).len(), 2);
}

#[tokio::test]
async fn preconditions_hold_of_the_record_with_the_whole_key() {
    let local = shop().await;
    let api = local.api();
    post(&api, 1, "a").await.expect(201);
    post(&api, 1, "b").await.expect(201);
    let tag = api
        .get("/lines/1/a")
        .await
        .expect(200)
        .header("etag")
        .unwrap()
        .to_owned();
    let send = async |method: &str, path: &str| {
        let request = api.request(method, path).header("if-match", &tag);
        let request = request.header("content-type", "application/json");
        api.send(request.body(r#"{"units": 3}"#)).await.status
    };
    assert_eq!(send("PATCH", "/lines/1/b").await, 412);
    assert_eq!(send("PATCH", "/lines/1/c").await, 404);
    assert_eq!(send("PUT", "/lines/1/c").await, 412);
    assert_eq!(send("PATCH", "/lines/1/a").await, 200);
    assert_eq!(send("DELETE", "/lines/1/a").await, 412);
    let units: Vec<_> = lines(&local).await.iter().map(|line| line.units).collect();
    assert_eq!(units, [3, 1]);
}

#[tokio::test]
async fn keys_of_three_columns_have_a_path_of_three_parts() {
    let local = shop().await;
    let api = local.api();
    let sheet = Uuid::from_u128(7);
    let body = json!({"sheet": sheet, "row": -3, "is_left": false, "text": "x"});
    let posted = api.post("/cells", &body).await.expect(201);
    let path = posted.header("location").unwrap().to_owned();
    assert_eq!(path, format!("/cells/{sheet}/-3/false"));
    assert_eq!(api.get(&path).await.expect(200).json()["data"], body);
    // Upper case is another spelling of the same.
    let upper = path.replace(&sheet.to_string(), &sheet.to_string().to_uppercase());
    api.get(&upper).await.expect(200);
    for path in [
        format!("/cells/{sheet}/-3/no"),
        format!("/cells/{sheet}/x/true"),
        "/cells/7/-3/true".to_owned(),
    ] {
        api.get(&path).await.problem(404);
    }
    api.get(&format!("/cells/{sheet}/-3/true"))
        .await
        .refused(404, "Cell Not Found");
    api.delete(&path).await.expect(204);
}

#[tokio::test]
async fn in_code_a_key_is_a_tuple() -> Result<(), Report> {
    let local = shop().await;
    let database = local.database();
    let mut tx = database.transaction().await?;
    for (order, part) in [(1, "a"), (1, "b"), (2, "a")] {
        assert_eq!(tx.insert(&line(order, part)).await?, line(order, part));
    }
    let mut found = tx.get::<Line>((1, "a".into())).await?.unwrap();
    assert_eq!(*found, line(1, "a"));
    assert!(tx.get::<Line>((2, "b".to_owned())).await?.is_none());
    found.set(Line::UNITS, 7);
    tx.save(&mut found).await?;
    // A part of the key may be changed; the row is found by the key that it has.
    found.set(Line::PART, "c");
    tx.save(&mut found).await?;
    assert!(tx.get::<Line>((1, "a".into())).await?.is_none());
    assert_eq!(tx.get::<Line>((1, "c".into())).await?.unwrap().units, 7);
    found.set(Line::PART, "b");
    assert_eq!(tx.save(&mut found).await.unwrap_err().status(), 409);
    // Zero is a key like any other where the database assigns none.
    assert_eq!(tx.insert(&line(0, "z")).await?.order_number, 0);
    assert!(tx.delete(&line(0, "z")).await?);
    assert!(!tx.delete(&line(0, "z")).await?);
    tx.commit().await?;
    let left: Vec<_> = lines(&local)
        .await
        .into_iter()
        .map(|line| (line.order_number, line.part))
        .collect();
    let due = [(1, "b"), (1, "c"), (2, "a")];
    assert_eq!(left, due.map(|(order, part)| (order, part.to_owned())));
    let filter = Line::ORDER_NUMBER.eq(1) & Line::PART.ne("b".to_owned());
    let found = database.select::<Line>().filter(filter).all().await?;
    assert_eq!(found.len(), 1);
    Ok(())
}
