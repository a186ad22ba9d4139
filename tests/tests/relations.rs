//! Related records over HTTP: both ways, nested, to the resource itself, in cycles; how many statements they take and where they end.

#![expect(
    clippy::unwrap_used,
    reason = "what a test's helpers cannot do stops the test"
)]

use http::request::Parts;
use serde_json::{Value, json};
use topchef_runtime::{
    Api as Resourceful, ApiError, Context, Method, ModelResource, Permit, Principal, policies,
};
use topchef_tests::local::{Local, Served, Store};
use topchef_tests::log::Log;
use topchef_tests::{Answer, Api, assert_keys};

/// Who writes.
#[derive(Debug, ModelResource)]
#[resource(
    rename_all = "camelCase",
    relations(
        books(has_many = Book, by = author_id),
        passport(has_one = Passport, by = holder_id)
    ),
    serial_fields(
        get = [id, first_name, shout(), books, passport],
        post = [id, first_name, books],
        put = [id, books],
        patch = [id, books]
    ),
    serial_field_relations(
        books = [id, title],
        patch(books = [title, chapters])
    )
)]
struct Author {
    id: i64,
    first_name: String,
    #[resource(write_only, default)]
    password: String,
}

impl Author {
    fn shout(&self) -> String {
        self.first_name.to_uppercase()
    }
}

/// What proves who an author is; it says so of one at most.
#[derive(Debug, ModelResource)]
#[resource(
    relations(holder(belongs_to = Author, by = holder_id)),
    serial_fields = [number, holder]
)]
struct Passport {
    #[resource(primary_key)]
    number: String,
    #[resource(unique)]
    holder_id: i64,
}

/// What is written; it may go on where another ends.
#[derive(Debug, ModelResource)]
#[resource(
    relations(
        author(belongs_to = Author, by = author_id),
        chapters(has_many = Chapter, by = book_id),
        prequel(belongs_to = Book, by = prequel_id),
        sequels(has_many = Book, by = prequel_id)
    ),
    serial_fields(get = [id, title, author, chapters, prequel, sequels], list = [id, title, author_id]),
    collection(order_by = [-title], filter = [author_id, title], max_page_size = 500)
)]
struct Book {
    id: i64,
    title: String,
    #[resource(index)]
    author_id: Option<i64>,
    #[resource(index)]
    prequel_id: Option<i64>,
}

/// A part of a book.
#[derive(Debug, ModelResource)]
#[resource(
    relations(book(belongs_to = Book, by = book_id)),
    serial_fields = [title, place],
    collection(order_by = [place])
)]
struct Chapter {
    id: i64,
    #[resource(index)]
    book_id: i64,
    place: i32,
    title: String,
}

/// Two authors, and a third without anything; four books, one of which nobody wrote and one whose author is gone.
async fn library() -> Local {
    let local = Local::start::<(Author, Passport, Book, Chapter)>(|api| {
        api.resource::<Author>()
            .resource::<Passport>()
            .resource::<Book>()
            .resource::<Chapter>()
    });
    let local = local.await;
    let mut tx = local.database().transaction().await.unwrap();
    for (id, name) in [(1, "Ada"), (2, "Bo"), (3, "Cy")] {
        let author = Author {
            id,
            first_name: name.to_owned(),
            password: "secret".to_owned(),
        };
        tx.insert(&author).await.unwrap();
    }
    let passport = Passport {
        number: "P/1".to_owned(),
        holder_id: 1,
    };
    tx.insert(&passport).await.unwrap();
    for (id, title, author_id, prequel_id) in [
        (1, "A", Some(1), None),
        (2, "B", Some(1), Some(1)),
        (3, "C", None, Some(1)),
        (4, "D", Some(99), Some(4)),
    ] {
        let book = Book {
            id,
            title: title.to_owned(),
            author_id,
            prequel_id,
        };
        tx.insert(&book).await.unwrap();
    }
    // The order of the collection is another than that of the keys.
    for (book_id, place) in [(1, 3), (2, 1), (1, 1), (1, 2)] {
        tx.insert(&chapter(book_id, place)).await.unwrap();
    }
    tx.commit().await.unwrap();
    local
}

fn chapter(book_id: i64, place: i32) -> Chapter {
    Chapter {
        id: 0,
        book_id,
        place,
        title: format!("chapter {place}"),
    }
}

async fn data(api: &Api, path: &str) -> Value {
    api.get(path).await.expect(200).json()["data"].clone()
}

fn codes(answer: &Answer) -> Vec<String> {
    let faults = answer.problem(400);
    faults.into_iter().map(|fault| fault.code).collect()
}

#[tokio::test]
async fn related_records_go_out_both_ways() {
    let local = library().await;
    let api = local.api();
    assert_eq!(
        data(&api, "/authors/1").await,
        json!({
            "id": 1,
            "firstName": "Ada",
            "shout": "ADA",
            "books": [{"id": 2, "title": "B"}, {"id": 1, "title": "A"}],
            "passport": {"number": "P/1"},
        })
    );
    assert_eq!(
        data(&api, "/books/2").await,
        json!({
            "id": 2,
            "title": "B",
            "author": {"id": 1, "firstName": "Ada", "shout": "ADA", "passport": {"number": "P/1"}},
            "chapters": [{"title": "chapter 1", "place": 1}],
            "prequel": {"id": 1, "title": "A", "author": data(&api, "/books/2").await["author"], "chapters": [
                {"title": "chapter 1", "place": 1},
                {"title": "chapter 2", "place": 2},
                {"title": "chapter 3", "place": 3},
            ]},
            "sequels": [],
        })
    );
    let passport = data(&api, "/passports/P%2F1").await;
    assert_keys(&passport, &["number", "holder"]);
    assert_keys(&passport["holder"], &["id", "firstName", "shout", "books"]);
}

#[tokio::test]
async fn where_nothing_is_related_is_null_or_an_empty_list() {
    let local = library().await;
    let api = local.api();
    let alone = data(&api, "/authors/3").await;
    assert_eq!(alone["books"], json!([]));
    assert_eq!(alone["passport"], Value::Null);
    let nobodys = data(&api, "/books/3").await;
    assert_eq!(nobodys["author"], Value::Null, "the foreign key is null");
    let orphan = data(&api, "/books/4").await;
    assert_eq!(orphan["author"], Value::Null, "the author is gone");
    assert_eq!(orphan["chapters"], json!([]));
    let answer = api.get("/authors/99?include=books").await;
    answer.refused(404, "Author Not Found");
}

#[tokio::test]
async fn a_resource_leads_to_itself_once_unless_more_is_asked_for() {
    let local = library().await;
    let api = local.api();
    let book = data(&api, "/books/1").await;
    let sequels: Vec<_> = book["sequels"].as_array().unwrap().iter().collect();
    assert_eq!(sequels.len(), 2);
    assert_eq!(
        sequels[0],
        &json!({"id": 3, "title": "C", "author_id": null})
    );
    assert_eq!(sequels[1]["title"], "B");
    // A book that goes on from itself ends all the same.
    let own = data(&api, "/books/4").await;
    assert_eq!(own["prequel"]["id"], 4);
    assert!(own["prequel"].get("prequel").is_none(), "{own}");
    let path = "/books/4?fields=id&include=prequel.prequel.prequel.prequel.prequel";
    let mut own = data(&api, path).await;
    for _ in 0..5 {
        own = own["prequel"].clone();
        assert_eq!(own["id"], 4);
    }
    assert!(own.get("prequel").is_none(), "{own}");
    let deeper = format!("{path}.prequel");
    assert_eq!(codes(&api.get(&deeper).await), ["too_deep"]);
    let path = "/books?fields=id&id=2&include=prequel.sequels.prequel";
    let back = data(&api, path).await;
    let sequels = back[0]["prequel"]["sequels"].as_array().unwrap().clone();
    assert_eq!(sequels.len(), 2);
    for sequel in sequels {
        assert_eq!(sequel["prequel"]["id"], 1);
    }
}

#[tokio::test]
async fn each_method_shows_its_own_fields_of_related_records() {
    let local = library().await;
    let api = local.api();
    let listed = data(&api, "/authors").await;
    // Nothing is said of lists: all columns that are not write-only.
    assert_keys(&listed[0], &["id", "firstName"]);
    let put = api.put("/authors/1", &json!({"firstName": "Ada"})).await;
    assert_eq!(
        put.expect(200).json()["data"],
        json!({"id": 1, "books": [{"id": 2, "title": "B"}, {"id": 1, "title": "A"}]})
    );
    let patched = api.patch("/authors/1", &json!({})).await.expect(200);
    let books = patched.json()["data"]["books"].clone();
    assert_keys(&books[0], &["title", "chapters"]);
    assert_eq!(books[1]["chapters"].as_array().unwrap().len(), 3);
    let posted = api.post("/authors", &json!({"firstName": "Di"})).await;
    let posted = posted.expect(201).json()["data"].clone();
    assert_eq!(posted, json!({"id": 4, "firstName": "Di", "books": []}));
    let put = api.put("/authors/9", &json!({"firstName": "Ed"})).await;
    assert_eq!(
        put.expect(201).json()["data"],
        json!({"id": 9, "books": []})
    );
}

#[tokio::test]
async fn a_write_answers_with_the_records_that_it_leads_to_now() {
    let local = library().await;
    let api = local.api();
    let name = |answer: Answer| answer.json()["data"]["author"]["firstName"].clone();
    let body = json!({"title": "E", "author_id": 2});
    let path = "/books?include=author&fields=id";
    let posted = api.post(path, &body).await.expect(201);
    assert_eq!(name(posted), "Bo");
    let patched = api
        .patch(
            "/books/5?include=author&fields=id",
            &json!({"author_id": 1}),
        )
        .await
        .expect(200);
    assert_eq!(name(patched), "Ada");
    let put = api
        .put("/books/5?fields=author.firstName", &json!({"title": "E"}))
        .await
        .expect(200);
    assert_eq!(put.json()["data"], json!({"author": null}));
    let bulk = json!([body, {"title": "F", "author_id": 1}, {"title": "G"}]);
    let bulk = api.post("/books?fields=author.id", &bulk).await.expect(201);
    let due = json!([{"author": {"id": 2}}, {"author": {"id": 1}}, {"author": null}]);
    assert_eq!(bulk.json()["data"], due);
}

#[tokio::test]
async fn fields_and_paths_name_what_goes_out_of_related_records() {
    let local = library().await;
    let api = local.api();
    assert_eq!(
        data(
            &api,
            "/books/1?fields=title,author.first_name,chapters.place,author.shout"
        )
        .await,
        json!({
            "title": "A",
            "author": {"firstName": "Ada", "shout": "ADA"},
            "chapters": [{"place": 1}, {"place": 2}, {"place": 3}],
        })
    );
    assert_eq!(
        data(
            &api,
            "/chapters?fields=place,book.author.passport.number&limit=1"
        )
        .await,
        json!([{"place": 1, "book": {"author": {"passport": {"number": "P/1"}}}}])
    );
    // A foreign key that is not shown still leads to its record.
    let listed = data(&api, "/chapters?fields=book.title&book_id=2").await;
    assert_eq!(listed, json!([{"book": {"title": "B"}}]));
}

#[tokio::test]
async fn the_records_of_a_relation_stand_in_their_collections_order() {
    let local = library().await;
    let api = local.api();
    let book = data(&api, "/books/1?fields=chapters.place").await;
    assert_eq!(
        book,
        json!({"chapters": [{"place": 1}, {"place": 2}, {"place": 3}]})
    );
    let author = data(&api, "/authors/1?fields=books.title").await;
    assert_eq!(author, json!({"books": [{"title": "B"}, {"title": "A"}]}));
    // The lists of several records are not mixed up, whatever their own order.
    let listed = data(&api, "/books?sort=id&fields=id,chapters.place").await;
    let due = json!([
        {"id": 1, "chapters": [{"place": 1}, {"place": 2}, {"place": 3}]},
        {"id": 2, "chapters": [{"place": 1}]},
        {"id": 3, "chapters": []},
        {"id": 4, "chapters": []},
    ]);
    assert_eq!(listed, due);
}

#[tokio::test]
async fn what_must_not_go_out_does_not_go_out_along_a_relation() {
    let local = library().await;
    let api = local.api();
    for path in [
        "/books/1?fields=author.password",
        "/books?include=author.password",
        "/chapters?fields=book.author.password",
        "/passports/P%2F1?fields=holder.password",
        "/books?author.password=secret",
        "/books?sort=author.password",
        "/books?author.first_name=Ada",
    ] {
        let answer = api.get(path).await;
        answer.problem(400);
        assert!(!answer.text.contains("secret\""), "{path}: {answer:?}");
    }
    for path in ["/books/1", "/books?include=author", "/authors/1"] {
        let answer = api.get(path).await.expect(200);
        assert!(!answer.text.contains("secret"), "{path}: {answer:?}");
        assert!(!answer.text.contains("password"), "{path}: {answer:?}");
    }
}

#[tokio::test]
async fn a_relation_takes_one_statement_whatever_the_number_of_rows() {
    let local = library().await;
    let api = local.api();
    let mut tx = local.database().transaction().await.unwrap();
    for id in 10..410 {
        let book = Book {
            id,
            title: format!("book {id}"),
            author_id: Some(id % 3 + 1),
            prequel_id: Some(id - 1),
        };
        tx.insert(&book).await.unwrap();
        tx.insert(&chapter(id, 1)).await.unwrap();
    }
    tx.commit().await.unwrap();
    let statements = Log::of_statements();
    for (path, due) in [
        ("/books?limit=500", 1),
        ("/books?limit=1&fields=author.id", 2),
        ("/books?limit=500&fields=author.id", 2),
        ("/books?limit=500&fields=chapters.place,prequel.id", 3),
        (
            "/books?limit=500&fields=chapters.book.author.passport.number",
            5,
        ),
        (
            "/books?limit=500&fields=author.id,author.firstName,author.passport.number",
            3,
        ),
        ("/authors?fields=books.chapters.place", 3),
        // What nothing leads to is not asked for.
        ("/books?fields=author.id&id=3", 1),
        ("/books/1", 1 + 4),
    ] {
        statements.take();
        api.get(path).await.expect(200);
        let run = statements.take();
        assert!(
            run.iter().all(|text| text.starts_with("SELECT ")),
            "{run:#?}"
        );
        assert_eq!(run.len(), due, "{path}: {run:#?}");
    }
}

#[tokio::test]
async fn ten_thousand_children_are_shown_and_too_many_bytes_are_refused() {
    let local = library().await;
    let api = local.api();
    let mut tx = local.database().transaction().await.unwrap();
    for place in 0..10_000 {
        tx.insert(&chapter(3, place)).await.unwrap();
    }
    for place in 0..9 {
        let title = "x".repeat(1024 * 1024);
        let chapter = Chapter {
            title,
            ..chapter(4, place)
        };
        tx.insert(&chapter).await.unwrap();
    }
    tx.commit().await.unwrap();
    let book = data(&api, "/books/3?fields=id,chapters.place").await;
    let places = book["chapters"].as_array().unwrap();
    assert_eq!(places.len(), 10_000);
    for (due, chapter) in places.iter().enumerate() {
        assert_eq!(chapter["place"], due);
    }
    // Nine megabytes are no page of anything.
    for path in ["/books/4", "/books?include=chapters"] {
        let answer = api.get(path).await;
        assert_eq!(codes(&answer), ["related_too_large"], "{path}");
        assert!(answer.text.contains("chapters"), "{}", answer.text);
    }
    api.get("/books/4?fields=chapters.place").await.expect(200);
}

#[tokio::test]
async fn records_that_lead_back_and_forth_do_not_multiply_without_end() {
    let local = library().await;
    let api = local.api();
    let mut tx = local.database().transaction().await.unwrap();
    for place in 0..1_000 {
        tx.insert(&chapter(3, place)).await.unwrap();
    }
    tx.commit().await.unwrap();
    // A thousand of a thousand of a thousand.
    for path in [
        "/books/3?fields=id&include=chapters.book.chapters.book.chapters",
        "/books?fields=id&include=chapters.book.chapters.book.chapters",
        "/chapters?include=book.chapters.book.chapters.book",
    ] {
        let answer = api.get(path).await;
        assert_eq!(codes(&answer), ["related_too_large"], "{path}");
        assert!(answer.took.as_secs() < 15, "{path} took {:?}", answer.took);
    }
    api.get("/books/3?include=chapters.book").await.expect(200);
}

#[tokio::test]
async fn a_write_that_stands_is_not_answered_as_a_refusal() {
    let local = library().await;
    let api = local.api();
    let mut tx = local.database().transaction().await.unwrap();
    for place in 0..9 {
        let title = "x".repeat(1024 * 1024);
        let chapter = Chapter {
            title,
            ..chapter(4, place)
        };
        tx.insert(&chapter).await.unwrap();
    }
    tx.commit().await.unwrap();
    for (method, body) in [
        ("PATCH", json!({"title": "patched"})),
        ("PUT", json!({"title": "put"})),
    ] {
        let path = "/books/4?include=chapters";
        let answer = api.text(method, path, &body.to_string()).await;
        let answer = answer.expect(200).json();
        assert_eq!(answer["data"]["title"], body["title"], "{method}");
        assert_eq!(answer["data"]["chapters"], json!([]), "{method}");
        assert_eq!(answer["meta"], json!({"related": "failed"}), "{method}");
        let stored = data(&api, "/books/4?fields=title").await;
        assert_eq!(stored["title"], body["title"], "{method}");
    }
}

/// What is kept, by somebody.
#[derive(Debug, ModelResource)]
#[resource(
    authorize = own_chests,
    relations(things(has_many = Thing, by = kept_in), label(has_one = Thing, by = label_of)),
    serial_fields(get = [id, things, label], list = [id, things])
)]
struct Chest {
    id: i64,
    owner: String,
}

async fn own_chests(cx: &Context, _: Method) -> Result<Permit<Chest>, ApiError> {
    let me = cx.principal().ok_or_else(ApiError::unauthorized)?;
    Ok(Permit::rows(Chest::OWNER.eq(me.id())))
}

/// Something in a box.
#[derive(Debug, ModelResource)]
#[resource(
    authorize = own_things,
    relations(kept(belongs_to = Chest, by = kept_in)),
    serial_fields = [name]
)]
struct Thing {
    id: i64,
    owner: String,
    name: String,
    kept_in: i64,
    label_of: Option<i64>,
}

async fn own_things(cx: &Context, _: Method) -> Result<Permit<Thing>, ApiError> {
    let me = cx.principal().ok_or_else(ApiError::unauthorized)?;
    match me.id() {
        "mallory" => Err(ApiError::forbidden("nothing for mallory")),
        id => Ok(Permit::rows(Thing::OWNER.eq(id))),
    }
}

async fn by_header(parts: &Parts) -> Result<Option<Principal>, ApiError> {
    let name = parts
        .headers
        .get("x-user")
        .and_then(|name| name.to_str().ok());
    Ok(name.map(Principal::new))
}

#[tokio::test]
async fn related_records_are_those_that_their_own_policy_permits() {
    let store = Store::new::<(Chest, Thing)>().await;
    let database = store.database();
    let mut tx = database.transaction().await.unwrap();
    for (id, owner) in [(1, "alice"), (2, "bob"), (3, "mallory")] {
        let owner = owner.to_owned();
        tx.insert(&Chest { id, owner }).await.unwrap();
    }
    for (owner, name, kept_in, label_of) in [
        ("alice", "mine", 1, None),
        ("bob", "theirs", 1, Some(1)),
        ("alice", "abroad", 2, Some(2)),
    ] {
        let thing = Thing {
            id: 0,
            owner: owner.to_owned(),
            name: name.to_owned(),
            kept_in,
            label_of,
        };
        tx.insert(&thing).await.unwrap();
    }
    tx.commit().await.unwrap();
    let api = Resourceful::new(database.clone())
        .resource::<Chest>()
        .resource::<Thing>();
    let api = api.authenticated(by_header, policies::signed_in);
    let served = Served::router(api.into_router()).await;
    let api = served.api();
    let get = async |user: &str, path: &str| {
        api.send(api.request("GET", path).header("x-user", user))
            .await
    };
    let one = get("alice", "/chests/1").await.expect(200).json()["data"].clone();
    assert_eq!(
        one,
        json!({"id": 1, "things": [{"name": "mine"}], "label": null})
    );
    let things = get("alice", "/things?fields=name,kept.id")
        .await
        .expect(200);
    assert_eq!(
        things.json()["data"],
        json!([{"name": "mine", "kept": {"id": 1}}, {"name": "abroad", "kept": null}])
    );
    let chests = get("bob", "/chests?include=label").await.expect(200).json();
    assert_eq!(
        chests["data"],
        json!([{"id": 2, "things": [], "label": null}])
    );
    for path in ["/chests", "/chests/3", "/chests?fields=id,label.name"] {
        let refused = get("mallory", path).await;
        refused.refused(403, "Forbidden");
    }
    get("mallory", "/chests?fields=id").await.expect(200);
}
