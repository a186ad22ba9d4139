//! What HTTP says of a derived resource: each verb, each body, each refusal, in the resource's own names.

#![expect(
    clippy::unwrap_used,
    reason = "what a test's helpers cannot do stops the test"
)]

use serde_json::{Value, json};
use topchef_runtime::ModelResource;
use topchef_tests::local::Local;
use topchef_tests::{Answer, assert_keys, raw};
use uuid::Uuid;

const BOOKS: &str = "/api/v1/library-books";
const WRONG: &str = "Deserialization Error From Client Data";

/// A book of a library whose clients write camelCase.
#[derive(ModelResource)]
#[resource(
    table = "stock",
    url_prefix = "/api/v1",
    url_name = "library-books",
    rename_all = "camelCase"
)]
struct Book {
    id: Uuid,
    #[resource(max_length = 10)]
    main_title: String,
    page_count: i32,
    #[resource(max_length = 3)]
    shelf_mark: Option<String>,
    #[resource(default = true)]
    in_print: bool,
    #[resource(default = 1)]
    copies: u8,
    #[resource(read_only, default = "donated")]
    origin: String,
    #[resource(write_only)]
    lender_note: Option<String>,
}

const BOOK_KEYS: &[&str] = &[
    "id",
    "mainTitle",
    "pageCount",
    "shelfMark",
    "inPrint",
    "copies",
    "origin",
];

/// A reading room: nothing but the derive.
#[derive(ModelResource)]
struct ReadingRoom {
    id: i64,
    name: String,
}

/// Somebody's wish, which is only ever sent in.
#[derive(ModelResource)]
#[resource(methods(post))]
struct Wish {
    id: Uuid,
    text: String,
}

/// A catalogue card: another set of fields for each method, and methods of the struct among them.
#[derive(ModelResource)]
#[resource(
    rename_all = "camelCase",
    serial_fields(get = [place, id, short_name()], list = [short_name(), id], post = [id], put = [id, place], patch = [brittle(), id])
)]
struct Card {
    id: i64,
    long_name: String,
    #[resource(default = 7)]
    place: i32,
}

impl Card {
    fn short_name(&self) -> String {
        self.long_name.chars().take(3).collect()
    }

    /// A field that cannot always be made.
    fn brittle(&self) -> usize {
        assert_ne!(self.long_name, "dust", "this card falls apart");
        self.long_name.len()
    }
}

async fn library() -> Local {
    Local::start::<(Book, ReadingRoom, Wish, Card)>(|api| {
        api.resource::<Book>()
            .resource::<ReadingRoom>()
            .resource::<Wish>()
            .resource::<Card>()
            .max_body_bytes(4096)
    })
    .await
}

fn dune() -> Value {
    json!({"mainTitle": "Dune", "pageCount": 612})
}

/// Makes a book of `body` and gives its path.
async fn shelved(local: &Local, body: &Value) -> String {
    let answer = local.api().post(BOOKS, body).await.expect(201);
    answer.header("location").unwrap().to_owned()
}

/// The record as `GET` shows it.
async fn shown(local: &Local, path: &str) -> Value {
    local.api().get(path).await.expect(200).json()["data"].clone()
}

/// How many books a list shows.
async fn books(local: &Local) -> usize {
    let list = local.api().get(BOOKS).await.expect(200).json();
    list["data"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_post_makes_a_record_and_says_where_it_is() {
    let local = library().await;
    let answer = local.api().post(BOOKS, &dune()).await.expect(201);
    assert_eq!(answer.media_type(), "application/json");
    let body = answer.json();
    assert_keys(&body, &["data", "links", "meta"]);
    assert_keys(&body["data"], BOOK_KEYS);
    let id = body["data"]["id"].as_str().unwrap();
    assert_eq!(Uuid::parse_str(id).unwrap().get_version_num(), 7);
    assert_eq!(
        body["data"],
        json!({
            "id": id, "mainTitle": "Dune", "pageCount": 612, "shelfMark": null,
            "inPrint": true, "copies": 1, "origin": "donated",
        })
    );
    let path = format!("{BOOKS}/{id}");
    assert_eq!(answer.header("location"), Some(path.as_str()));
    assert_eq!(body["links"], json!({"self": path}));
    assert_eq!(body["meta"], json!({}));
    let read = local.api().get(&path).await.expect(200).json();
    assert_eq!(read, body);
}

#[tokio::test]
async fn a_post_may_choose_the_key() {
    let local = library().await;
    let id = Uuid::now_v7().to_string();
    let mut body = dune();
    body["id"] = json!(id);
    assert_eq!(shelved(&local, &body).await, format!("{BOOKS}/{id}"));
}

#[tokio::test]
async fn a_key_that_is_taken_is_a_conflict_that_names_the_field() {
    let local = library().await;
    let mut body = dune();
    body["id"] = json!(Uuid::now_v7());
    let path = shelved(&local, &body).await;
    body["mainTitle"] = json!("Emma");
    let faults = local
        .api()
        .post(BOOKS, &body)
        .await
        .refused(409, "Conflict");
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].pointer.as_deref(), Some("/id"));
    assert_eq!(faults[0].code, "unique");
    assert_eq!(shown(&local, &path).await["mainTitle"], "Dune");

    let room = json!({"id": 3, "name": "North"});
    local.api().post("/reading-rooms", &room).await.expect(201);
    let faults = local.api().post("/reading-rooms", &room).await.problem(409);
    assert_eq!(faults[0].pointer.as_deref(), Some("/id"));
}

#[tokio::test]
async fn a_put_replaces_the_whole_record() {
    let local = library().await;
    let full = json!({
        "mainTitle": "Dune", "pageCount": 612, "shelfMark": "D4", "inPrint": false, "copies": 9, "lenderNote": "torn",
    });
    let path = shelved(&local, &full).await;
    let answer = local
        .api()
        .put(&path, &json!({"mainTitle": "Emma", "pageCount": 474}))
        .await;
    let answer = answer.expect(200);
    assert_eq!(answer.header("location"), None, "nothing was made");
    let body = answer.json();
    assert_eq!(body["links"], json!({"self": path}));
    assert_eq!(body["data"]["mainTitle"], "Emma");
    assert_eq!(body["data"]["shelfMark"], Value::Null, "left out, so null");
    assert_eq!(body["data"]["inPrint"], true, "left out, so its default");
    assert_eq!(body["data"]["copies"], 1, "left out, so its default");
    assert_eq!(shown(&local, &path).await, body["data"]);
    let stored = local.database().select::<Book>().all().await.unwrap();
    assert_eq!(stored[0].lender_note, None, "left out, so null");

    local
        .api()
        .put(&path, &json!({"mainTitle": "Emma"}))
        .await
        .refused_at(WRONG, &["/pageCount"]);
}

#[tokio::test]
async fn a_put_where_nothing_is_makes_the_record() {
    let local = library().await;
    let id = Uuid::now_v7().to_string();
    let path = format!("{BOOKS}/{id}");
    let answer = local.api().put(&path, &dune()).await.expect(201);
    assert_eq!(answer.header("location"), Some(path.as_str()));
    assert_eq!(answer.json()["data"]["id"], id);
    assert_eq!(answer.json()["data"]["origin"], "donated");
    local.api().put(&path, &dune()).await.expect(200);
    assert_eq!(books(&local).await, 1);

    let room = local
        .api()
        .put("/reading-rooms/41", &json!({"name": "North"}))
        .await;
    assert_eq!(room.expect(201).json()["data"]["id"], 41);
}

#[tokio::test]
async fn a_put_leaves_read_only_columns_as_they_are() {
    let local = library().await;
    let path = shelved(&local, &dune()).await;
    let mut tx = local.database().transaction().await.unwrap();
    let id: Uuid = path.rsplit('/').next().unwrap().parse().unwrap();
    let mut book = tx.get::<Book>(id).await.unwrap().unwrap();
    book.set(Book::ORIGIN, "bought");
    tx.save(&mut book).await.unwrap();
    tx.commit().await.unwrap();
    let answer = local.api().put(&path, &dune()).await.expect(200);
    assert_eq!(answer.json()["data"]["origin"], "bought");
}

#[tokio::test]
async fn a_put_touches_no_other_record_than_the_paths() {
    let local = library().await;
    let first = shelved(&local, &dune()).await;
    let second = shelved(&local, &dune()).await;
    let emma = json!({"mainTitle": "Emma", "pageCount": 474});
    local.api().put(&second, &emma).await.expect(200);
    assert_eq!(shown(&local, &first).await["mainTitle"], "Dune");

    let mut other = emma.clone();
    other["id"] = json!(first.rsplit('/').next().unwrap());
    for method in ["PUT", "PATCH"] {
        let answer = local.api().text(method, &second, &other.to_string()).await;
        let faults = answer.refused_at(WRONG, &["/id"]);
        assert_eq!(faults[0].code, "key", "{method}");
    }
    assert_eq!(shown(&local, &first).await["mainTitle"], "Dune");

    let mut same = dune();
    same["id"] = json!(second.rsplit('/').next().unwrap().to_uppercase());
    local.api().put(&second, &same).await.expect(200);
    local.api().patch(&second, &same).await.expect(200);
}

#[tokio::test]
async fn in_a_patch_absent_is_not_null() {
    let local = library().await;
    let full = json!({"mainTitle": "Dune", "pageCount": 612, "shelfMark": "D4", "copies": 9, "lenderNote": "torn"});
    let path = shelved(&local, &full).await;
    let before = shown(&local, &path).await;

    let answer = local.api().patch(&path, &json!({})).await.expect(200);
    assert_eq!(answer.json()["data"], before, "nothing was given");
    assert_eq!(answer.json()["links"], json!({"self": path}));

    let answer = local.api().patch(&path, &json!({"pageCount": -1})).await;
    let mut due = before.clone();
    due["pageCount"] = json!(-1);
    assert_eq!(answer.expect(200).json()["data"], due);

    let answer = local.api().patch(&path, &json!({"shelfMark": null})).await;
    due["shelfMark"] = Value::Null;
    assert_eq!(answer.expect(200).json()["data"], due);
    assert_eq!(shown(&local, &path).await, due);

    let nulls = json!({"mainTitle": null, "inPrint": null, "copies": null});
    let answer = local.api().patch(&path, &nulls).await;
    let faults = answer.refused_at(WRONG, &["/mainTitle", "/inPrint", "/copies"]);
    assert!(
        faults.iter().all(|fault| fault.code == "null"),
        "{faults:?}"
    );
    assert_eq!(shown(&local, &path).await, due);

    let stored = local.database().select::<Book>().all().await.unwrap();
    assert_eq!(stored[0].lender_note.as_deref(), Some("torn"));
}

#[tokio::test]
async fn a_patch_of_nothing_makes_nothing() {
    let local = library().await;
    let path = format!("{BOOKS}/{}", Uuid::now_v7());
    for body in [json!({}), dune()] {
        local
            .api()
            .patch(&path, &body)
            .await
            .refused(404, "Book Not Found");
    }
    assert_eq!(books(&local).await, 0);
}

#[tokio::test]
async fn a_delete_removes_one_record_once() {
    let local = library().await;
    let first = shelved(&local, &dune()).await;
    let second = shelved(&local, &dune()).await;
    let answer = local.api().delete(&first).await.expect(204);
    assert_eq!(answer.text, "");
    assert_eq!(answer.header("content-type"), None);
    for method in ["GET", "DELETE"] {
        let answer = local.api().call(method, &first).await;
        answer.refused(404, "Book Not Found");
    }
    local.api().patch(&first, &json!({})).await.problem(404);
    local.api().get(&second).await.expect(200);
    assert_eq!(books(&local).await, 1);
}

#[tokio::test]
async fn all_that_is_wrong_with_a_body_is_told_at_once() {
    let local = library().await;
    let body = json!({
        "pageCount": "many",
        "shelfMark": "too long",
        "inPrint": 1,
        "copies": 256,
        "origin": "stolen",
        "colour": "red",
        "a/b~c": 1,
    });
    let answer = local.api().post(BOOKS, &body).await;
    let faults = answer.refused_at(
        WRONG,
        &[
            "/mainTitle",
            "/pageCount",
            "/shelfMark",
            "/inPrint",
            "/copies",
            "/origin",
            "/colour",
            "/a~1b~0c",
        ],
    );
    assert_eq!(answer.json()["detail"], "8 errors");
    let code = |pointer: &str| {
        let mut faults = faults.iter();
        let fault = faults.find(|fault| fault.pointer.as_deref() == Some(pointer));
        fault.unwrap().code.clone()
    };
    assert_eq!(code("/mainTitle"), "required");
    assert_eq!(code("/pageCount"), "type");
    assert_eq!(code("/shelfMark"), "max_length");
    assert_eq!(code("/inPrint"), "type");
    assert_eq!(code("/copies"), "maximum");
    assert_eq!(code("/origin"), "unknown_field");
    assert_eq!(code("/colour"), "unknown_field");
    let unknown = faults.iter().find(|fault| fault.code == "unknown_field");
    assert!(unknown.unwrap().detail.contains("mainTitle"), "{unknown:?}");
    assert!(
        !unknown.unwrap().detail.contains("main_title"),
        "{unknown:?}"
    );

    let path = shelved(&local, &dune()).await;
    let wrong = json!({"pageCount": 1.5, "copies": -1, "mainTitle": []});
    let pointers = ["/pageCount", "/copies", "/mainTitle"];
    local
        .api()
        .patch(&path, &wrong)
        .await
        .refused_at(WRONG, &pointers);
    local
        .api()
        .put(&path, &wrong)
        .await
        .refused_at(WRONG, &pointers);
    assert_eq!(shown(&local, &path).await["pageCount"], 612);
    assert_eq!(books(&local).await, 1);
}

#[tokio::test]
async fn both_spellings_of_a_name_are_taken_but_not_at_once() {
    let local = library().await;
    let path = shelved(&local, &json!({"main_title": "Dune", "pageCount": 612})).await;
    assert_eq!(shown(&local, &path).await["mainTitle"], "Dune");
    let snake = json!({"main_title": "Emma", "page_count": 474, "in_print": false});
    local.api().patch(&path, &snake).await.expect(200);
    local.api().put(&path, &snake).await.expect(200);
    assert_eq!(shown(&local, &path).await["inPrint"], false);

    for value in ["Dune", "Other"] {
        let both = json!({"mainTitle": "Dune", "main_title": value, "pageCount": 1});
        for (method, path) in [("POST", BOOKS), ("PUT", &path), ("PATCH", &path)] {
            let answer = local.api().text(method, path, &both.to_string()).await;
            let faults = answer.refused_at(WRONG, &["/mainTitle"]);
            assert_eq!(faults[0].code, "duplicate", "{method}");
        }
    }
    assert_eq!(books(&local).await, 1);
}

#[tokio::test]
async fn of_a_key_that_comes_twice_the_last_counts() {
    let local = library().await;
    let body = r#"{"mainTitle": 5, "pageCount": 1, "mainTitle": "Dune"}"#;
    let answer = local.api().text("POST", BOOKS, body).await.expect(201);
    assert_eq!(answer.json()["data"]["mainTitle"], "Dune");
    let body = r#"{"mainTitle": "Dune", "pageCount": 1, "mainTitle": 5}"#;
    let answer = local.api().text("POST", BOOKS, body).await;
    answer.refused_at(WRONG, &["/mainTitle"]);
}

#[tokio::test]
async fn a_read_only_column_does_not_exist_in_input() {
    let local = library().await;
    let path = shelved(&local, &dune()).await;
    let mut body = dune();
    body["origin"] = json!("stolen");
    for (method, path) in [("POST", BOOKS), ("PUT", &path), ("PATCH", &path)] {
        let answer = local.api().text(method, path, &body.to_string()).await;
        let faults = answer.refused_at(WRONG, &["/origin"]);
        assert_eq!(faults[0].code, "unknown_field");
        let allowed = faults[0].detail.split("allowed:").nth(1).unwrap();
        assert!(!allowed.contains("origin"), "{method} names it: {allowed}");
    }
    assert_eq!(shown(&local, &path).await["origin"], "donated");
}

#[tokio::test]
async fn a_write_only_column_never_goes_out() {
    let local = library().await;
    let mut body = dune();
    body["lenderNote"] = json!("xyzzy");
    let made = local.api().post(BOOKS, &body).await.expect(201);
    let path = made.header("location").unwrap().to_owned();
    let mut answers = vec![
        made,
        local.api().get(&path).await.expect(200),
        local.api().get(BOOKS).await.expect(200),
        local.api().put(&path, &body).await.expect(200),
        local.api().patch(&path, &body).await.expect(200),
    ];
    for query in [
        "lenderNote=xyzzy",
        "lender_note=xyzzy",
        "lenderNote[eq]=xyzzy",
        "sort=lenderNote",
        "sort=-lender_note",
        "fields=id,lenderNote",
    ] {
        let answer = local.api().get(&format!("{BOOKS}?{query}")).await;
        let faults = answer.refused(400, "Invalid Query Parameter");
        let allowed = faults[0].detail.split("allowed:").nth(1).unwrap();
        assert!(!allowed.contains("lenderNote"), "{query}: {allowed}");
        if !query.contains("xyzzy") {
            answers.push(answer);
        }
    }
    local
        .api()
        .get(&format!("{path}?fields=lenderNote"))
        .await
        .problem(400);
    for answer in answers {
        assert!(!answer.text.contains("xyzzy"), "{answer:?}");
    }
    let stored = local.database().select::<Book>().all().await.unwrap();
    assert_eq!(stored[0].lender_note.as_deref(), Some("xyzzy"));
}

#[tokio::test]
async fn a_length_is_counted_in_characters() {
    let local = library().await;
    for character in ["a", "é", "漢", "𝄞"] {
        let fits = json!({"mainTitle": character.repeat(10), "pageCount": 1});
        let path = shelved(&local, &fits).await;
        let long = json!({"mainTitle": character.repeat(11)});
        let answer = local.api().patch(&path, &long).await;
        let faults = answer.refused_at(WRONG, &["/mainTitle"]);
        assert_eq!(faults[0].code, "max_length");
        assert!(faults[0].detail.contains("10"), "{faults:?}");
        assert_eq!(
            shown(&local, &path).await["mainTitle"],
            character.repeat(10)
        );
    }
}

#[tokio::test]
async fn what_is_no_json_object_is_refused() {
    let local = library().await;
    let path = shelved(&local, &dune()).await;
    for (body, title) in [
        ("", "Request Not JSON"),
        ("{", "Request Not JSON"),
        ("{\"a\": NaN}", "Request Not JSON"),
        ("{} {}", "Request Not JSON"),
        ("[1, 2]", WRONG),
        ("null", WRONG),
        ("\"Dune\"", WRONG),
        ("5", WRONG),
    ] {
        for (method, path) in [("POST", BOOKS), ("PUT", &path), ("PATCH", &path)] {
            let answer = local.api().text(method, path, body).await;
            answer.refused(400, title);
        }
    }
    let not_text = local
        .api()
        .bytes("POST", BOOKS, b"{\"mainTitle\": \"\xff\"}")
        .await;
    not_text.refused(400, "Request Not JSON");
    let deep = format!("{{\"mainTitle\": {}{}}}", "[".repeat(500), "]".repeat(500));
    let answer = local.api().text("POST", BOOKS, &deep).await;
    answer.refused(400, "Request Not JSON");
    assert_eq!(books(&local).await, 1);
}

#[tokio::test]
async fn a_body_must_say_that_it_is_json() {
    let local = library().await;
    let path = shelved(&local, &dune()).await;
    let send = async |method: &str, path: &str, media_type: Option<&str>| {
        let api = local.api();
        let mut request = api.request(method, path).body(dune().to_string());
        if let Some(media_type) = media_type {
            request = request.header("content-type", media_type);
        }
        api.send(request).await
    };
    for (method, path) in [("POST", BOOKS), ("PUT", &path), ("PATCH", &path)] {
        for media_type in [
            None,
            Some("text/plain"),
            Some("application/x-www-form-urlencoded"),
            Some("text/json"),
        ] {
            let answer = send(method, path, media_type).await;
            answer.refused(415, "Unsupported Media Type");
        }
    }
    assert_eq!(books(&local).await, 1);
    for media_type in [
        "application/json; charset=utf-8",
        "application/merge-patch+json",
        "APPLICATION/JSON",
    ] {
        send("PATCH", &path, Some(media_type)).await.expect(200);
    }
}

#[tokio::test]
async fn a_body_may_have_its_full_length_and_no_byte_more() {
    let local = library().await;
    let path = shelved(&local, &dune()).await;
    let padded = |length: usize| {
        let body = dune().to_string();
        let padding = " ".repeat(length - body.len());
        body + &padding
    };
    local
        .api()
        .text("PATCH", &path, &padded(4096))
        .await
        .expect(200);
    for (method, path) in [("POST", BOOKS), ("PUT", &path), ("PATCH", &path)] {
        for length in [4097, 1_000_000] {
            let answer = local.api().text(method, path, &padded(length)).await;
            let faults = answer.refused(413, "Payload Too Large");
            assert!(faults[0].detail.contains("4096"), "{faults:?}");
        }
    }
    // A body that does not say how long it is.
    let body = padded(5000);
    let head = format!(
        "POST {BOOKS} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Transfer-Encoding: chunked\r\n\r\n"
    );
    let chunks = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    let address = local.address().to_owned();
    let exchange =
        tokio::task::spawn_blocking(move || raw::exchange(&address, &head, chunks.as_bytes()));
    let answer = exchange.await.unwrap();
    assert_eq!(answer.status, 413, "{answer:?}");
    assert_eq!(answer.media_type(), "application/problem+json");
    assert_eq!(books(&local).await, 1);
}

#[tokio::test]
async fn what_is_not_there_is_404() {
    let local = library().await;
    let nobody = Uuid::now_v7();
    let answer = local.api().get(&format!("{BOOKS}/{nobody}")).await;
    let faults = answer.refused(404, "Book Not Found");
    assert!(faults[0].detail.contains(&nobody.to_string()), "{faults:?}");
    for path in ["/reading-rooms/7", "/reading-rooms/-7"] {
        let answer = local.api().get(path).await;
        answer.refused(404, "ReadingRoom Not Found");
    }
    for (path, title) in [
        (format!("{BOOKS}/17"), "Not UUID Error"),
        (format!("{BOOKS}/%FF"), "Not Found"),
        ("/reading-rooms/x".into(), "Not Integer Error"),
        ("/reading-rooms/1.5".into(), "Not Integer Error"),
        (
            "/reading-rooms/99999999999999999999".into(),
            "Not Integer Error",
        ),
    ] {
        for method in ["GET", "DELETE", "PUT", "PATCH"] {
            let answer = local.api().text(method, &path, "{}").await;
            assert_eq!(answer.status, 404, "{method} {path}: {answer:?}");
            answer.refused(404, title);
        }
    }
    for path in [
        "/",
        "/library-books",
        "/books",
        "/stock",
        "/api/v1",
        &format!("{BOOKS}/"),
        &format!("{BOOKS}/{nobody}/pages"),
        "/readingrooms",
    ] {
        let answer = local.api().get(path).await;
        answer.refused(404, "Not Found");
    }
}

#[tokio::test]
async fn what_a_stranger_wrote_is_quoted_in_part() {
    let local = library().await;
    let long = "x".repeat(3000);
    for answer in [
        local.api().get(&format!("/{long}")).await,
        local.api().get(&format!("{BOOKS}/{long}")).await,
        local.api().get(&format!("{BOOKS}?{long}=1")).await,
        local.api().get(&format!("{BOOKS}?sort={long}")).await,
        local.api().get(&format!("{BOOKS}?fields={long}")).await,
        local.api().post(BOOKS, &json!({long.clone(): 1})).await,
    ] {
        answer.problem(answer.status);
        assert!(answer.text.len() < 1500, "{}", answer.text);
    }
}

#[tokio::test]
async fn a_method_that_a_resource_does_not_have_is_405() {
    let local = library().await;
    let full = shelved(&local, &dune()).await;
    let wish = format!("/wishes/{}", Uuid::now_v7());
    for (path, allowed) in [
        (BOOKS, &["GET", "HEAD", "OPTIONS", "POST"][..]),
        (&full, &["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "PUT"]),
        ("/wishes", &["OPTIONS", "POST"]),
        (&wish, &["OPTIONS"]),
    ] {
        let options = local.api().call("OPTIONS", path).await.expect(200);
        assert_eq!(options.allow(), allowed.iter().copied().collect());
        assert_eq!(options.text, "");
        for method in [
            "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW",
        ] {
            if allowed.contains(&method) {
                continue;
            }
            let answer = local.api().text(method, path, "{}").await.expect(405);
            assert_eq!(answer.allow(), allowed.iter().copied().collect());
            if method != "HEAD" {
                answer.refused(405, "Method Not Implemented");
            }
        }
    }
    local.api().get(&full).await.expect(200);
}

#[tokio::test]
async fn a_resource_with_one_method_serves_it() {
    let local = library().await;
    let answer = local
        .api()
        .post("/wishes", &json!({"text": "more light"}))
        .await;
    assert_eq!(answer.expect(201).json()["data"]["text"], "more light");
    let wishes = local.database().select::<Wish>().all().await.unwrap();
    assert_eq!(wishes[0].text, "more light");
}

#[tokio::test]
async fn head_is_get_without_a_body() {
    let local = library().await;
    let path = shelved(&local, &dune()).await;
    let nobody = format!("{BOOKS}/{}", Uuid::now_v7());
    for path in [path.as_str(), BOOKS, &nobody, &format!("{BOOKS}?nope=1")] {
        let get = local.api().get(path).await;
        let head = local.api().call("HEAD", path).await;
        assert_eq!(head.status, get.status, "{path}");
        assert_eq!(head.media_type(), get.media_type(), "{path}");
        assert_eq!(head.text, "");
        if let Some(length) = head.header("content-length") {
            assert_eq!(length, get.text.len().to_string(), "{path}");
        }
    }
}

#[tokio::test]
async fn each_method_shows_its_own_fields_in_their_order() {
    let local = library().await;
    let api = local.api();
    let data = |answer: &Answer| {
        let text = answer.text.split_once("\"data\":").unwrap().1;
        let end = text.find(",\"links\"").unwrap();
        text[..end].to_owned()
    };
    let post = api.post("/cards", &json!({"longName": "Austen"})).await;
    assert_eq!(data(&post.expect(201)), r#"{"id":1}"#);
    let get = api.get("/cards/1").await.expect(200);
    assert_eq!(data(&get), r#"{"place":7,"id":1,"shortName":"Aus"}"#);
    let list = api.get("/cards").await.expect(200);
    assert_eq!(data(&list), r#"[{"shortName":"Aus","id":1}]"#);
    let put = api
        .put("/cards/1", &json!({"longName": "Brontë", "place": 2}))
        .await;
    assert_eq!(data(&put.expect(200)), r#"{"id":1,"place":2}"#);
    let patch = api.patch("/cards/1", &json!({"longName": "Cao"})).await;
    assert_eq!(data(&patch.expect(200)), r#"{"brittle":3,"id":1}"#);
    let fields = api.get("/cards/1?fields=shortName,id").await.expect(200);
    assert_eq!(data(&fields), r#"{"shortName":"Cao","id":1}"#);
}

#[tokio::test]
async fn a_computed_field_cannot_be_written() {
    let local = library().await;
    let body = json!({"longName": "Austen", "shortName": "x"});
    let answer = local.api().post("/cards", &body).await;
    let faults = answer.refused_at(WRONG, &["/shortName"]);
    assert_eq!(faults[0].code, "unknown_field");
}

/// The answer to a write that cannot be shown is a failure, so nothing of it may remain.
#[tokio::test]
async fn a_record_that_cannot_be_shown_is_500_and_not_written() {
    let local = library().await;
    let api = local.api();
    let card = json!({"id": 1, "longName": "Austen"});
    api.post("/cards", &card).await.expect(201);
    let answer = api.patch("/cards/1", &json!({"longName": "dust"})).await;
    answer.problem(500);
    assert!(!answer.text.contains("falls apart"), "{answer:?}");
    let get = api.get("/cards/1").await.expect(200).json();
    assert_eq!(get["data"]["shortName"], "Aus", "the patch was undone");

    api.put("/cards/2", &json!({"longName": "dust"}))
        .await
        .expect(201);
    // What only a patch shows is not there for reads.
    api.get("/cards/2?fields=brittle").await.problem(400);
    api.get("/cards?fields=brittle").await.problem(400);
    api.get("/cards/2").await.expect(200);
    api.patch("/cards/1", &json!({"longName": "Cao"}))
        .await
        .expect(200);
}

#[tokio::test]
async fn a_query_is_understood_or_refused_whatever_the_method() {
    let local = library().await;
    let api = local.api();
    let path = shelved(&local, &dune()).await;
    for (method, path) in [
        ("GET", format!("{path}?nope=1")),
        ("GET", format!("{path}?sort=id")),
        ("GET", format!("{BOOKS}?nope=1")),
        ("POST", format!("{BOOKS}?nope=1")),
        ("PUT", format!("{path}?nope=1")),
        ("PATCH", format!("{path}?mainTitle=Emma")),
        ("DELETE", format!("{path}?mainTitle=Emma")),
    ] {
        let answer = api.text(method, &path, &dune().to_string()).await;
        assert_eq!(answer.status, 400, "{method} {path}: {answer:?}");
        let faults = answer.refused(400, "Invalid Query Parameter");
        assert_eq!(faults[0].code, "unknown_parameter", "{method} {path}");
    }
    assert_eq!(books(&local).await, 1, "the book was not removed");
}

#[tokio::test]
async fn a_resource_keeps_its_table_and_its_path() {
    let local = library().await;
    assert_eq!(Book::descriptor().table, "stock");
    assert_eq!(Book::descriptor().path, BOOKS);
    assert_eq!(ReadingRoom::descriptor().table, "reading_rooms");
    let room = local
        .api()
        .post("/reading-rooms", &json!({"name": "North"}))
        .await;
    let room = room.expect(201);
    assert_eq!(room.header("location"), Some("/reading-rooms/1"));
    assert_eq!(room.json()["data"], json!({"id": 1, "name": "North"}));
}

/// The database counts on from the largest key: one client's choice must not be the last one.
#[tokio::test]
async fn a_key_that_the_database_assigns_leaves_room_for_the_next() {
    let local = library().await;
    let api = local.api();
    let last = json!({"id": i64::MAX, "name": "Omega"});
    let faults = api.post("/reading-rooms", &last).await;
    assert_eq!(faults.refused(400, WRONG)[0].code, "maximum");
    let put = api
        .put(&format!("/reading-rooms/{}", i64::MAX), &last)
        .await;
    put.problem(400);
    let high = json!({"id": (1_i64 << 53) - 1, "name": "Psi"});
    api.post("/reading-rooms", &high).await.expect(201);
    let next = api.post("/reading-rooms", &json!({"name": "Omega"})).await;
    let next = next.expect(201).json()["data"]["id"].clone();
    match topchef_tests::Kind::of_this_run() {
        topchef_tests::Kind::Sqlite => assert_eq!(next, 1_i64 << 53),
        // It counts by itself, until it comes to a key that was given.
        topchef_tests::Kind::Postgres => assert_eq!(next, 1),
    }
}

#[tokio::test]
async fn a_router_around_it_may_have_parameters_of_its_own() {
    let store = topchef_tests::local::Store::new::<ReadingRoom>().await;
    let rooms = topchef_runtime::Api::new(store.database().clone())
        .resource::<ReadingRoom>()
        .public()
        .into_router();
    let router = axum::Router::new().nest("/houses/{house}", rooms);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move { axum::serve(listener, router).await });
    let api = topchef_tests::Api::new(&address);
    let made = api
        .post("/houses/7/reading-rooms", &json!({"name": "North"}))
        .await
        .expect(201);
    assert_eq!(made.header("location"), Some("/houses/7/reading-rooms/1"));
    let read = api.get("/houses/7/reading-rooms/1").await.expect(200);
    assert_eq!(read.json()["data"]["name"], "North");
    serving.abort();
}
