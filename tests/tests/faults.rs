//! The faults of the model that this is made after, each as a test that holds it off.

#![expect(
    clippy::unwrap_used,
    reason = "what a test's helpers cannot do stops the test"
)]

use std::sync::{Arc, Mutex};

use rust_decimal::Decimal;
use serde_json::{Value, json};
use topchef_runtime::{
    ApiError, Committed, Context, Input, ModelResource, Next, Report, Tracked, Transaction,
};
use topchef_tests::Api;
use topchef_tests::local::Local;
use topchef_tests::log::Log;

/// Who writes books.
#[derive(Debug, ModelResource)]
#[resource(relations(books(has_many = Book, by = author_id)))]
struct Author {
    id: i64,
    #[resource(max_length = 20)]
    name: String,
    #[resource(write_only, default = "hunter2")]
    password: String,
}

/// With a method that nobody but code should call, and one that goes out.
#[derive(Debug, ModelResource)]
#[resource(
    serial_fields(get = [id, title, label(), price, degrees, pages], list = [id, title]),
    relations(author(belongs_to = Author, by = author_id)),
    collection(filter = [title, price, author_id], page_size = 5, max_page_size = 10),
    process_input(put = refuse_some),
    before_commit(patch = refuse_later, delete = refuse_deletion),
    after_commit(delete = tell)
)]
struct Book {
    id: i64,
    #[resource(max_length = 20, unique)]
    title: String,
    #[resource(default = 100)]
    pages: i32,
    price: Option<Decimal>,
    degrees: Option<i32>,
    #[resource(references = Author)]
    author_id: Option<i64>,
}

impl Book {
    fn label(&self) -> String {
        format!("“{}”", self.title)
    }

    /// Nothing may reach this from outside.
    #[expect(
        dead_code,
        clippy::panic,
        reason = "it is there to be asked for in vain"
    )]
    fn destroy(&self) -> String {
        panic!("{} was destroyed", self.title)
    }
}

/// What the hook after a removal has seen.
#[derive(Clone, Debug, Default)]
struct Told(Arc<Mutex<Vec<String>>>);

async fn refuse_some(_: &Context, book: &mut Input<Book>) -> Result<(), Report> {
    match book.get(Book::TITLE)?.as_deref() {
        Some("refused") => Err(ApiError::deserialization("title", "taste", "is refused").into()),
        _ => Ok(()),
    }
}

/// Changes the record, writes another, stores the change, and refuses after all.
async fn refuse_later(
    _: &Context,
    tx: &mut Transaction,
    book: &mut Tracked<Book>,
) -> Result<Next, Report> {
    if book.title != "refused" {
        return Ok(Next::Proceed);
    }
    book.set(Book::PAGES, 1);
    tx.save(book).await?;
    tx.insert(&author("written beside")).await?;
    Err(ApiError::forbidden("no").into())
}

async fn refuse_deletion(
    _: &Context,
    tx: &mut Transaction,
    book: &mut Tracked<Book>,
) -> Result<Next, Report> {
    if book.title != "kept" {
        return Ok(Next::Proceed);
    }
    tx.delete(&**book).await?;
    Err(ApiError::forbidden("no").into())
}

async fn tell(cx: &Context, tx: &mut Transaction, book: &Committed<Book>) -> Result<Next, Report> {
    let Told(told) = cx.state().unwrap();
    told.lock().unwrap().push(book.title.clone());
    // It has a transaction of its own.
    tx.insert(&author("after")).await?;
    Ok(Next::Proceed)
}

/// A key of two columns that would be the same when it is glued.
#[derive(Clone, Debug, ModelResource, PartialEq)]
struct Line {
    #[resource(primary_key)]
    number: i64,
    #[resource(primary_key)]
    part: i64,
    #[resource(default)]
    units: i32,
}

/// Of the same shape as lines, with other attributes.
#[derive(Debug, ModelResource)]
#[resource(methods(get, list), serial_fields = [id], collection(page_size = 2, max_page_size = 2))]
struct Note {
    id: i64,
    title: String,
}

fn author(name: &str) -> Author {
    Author {
        id: 0,
        name: name.to_owned(),
        password: "hunter2".to_owned(),
    }
}

struct Library {
    local: Local,
    told: Told,
}

impl Library {
    /// With one author and three books of theirs: `a`, `b` and `c`.
    async fn open() -> Self {
        let told = Told::default();
        let state = told.clone();
        let local = Local::start::<(Author, Book, Line, Note)>(|api| {
            api.resource::<Author>()
                .resource::<Book>()
                .resource::<Line>()
                .resource::<Note>()
                .state(state)
        });
        let local = local.await;
        let mut tx = local.database().transaction().await.unwrap();
        tx.insert(&author("Ada")).await.unwrap();
        for title in ["a", "b", "c"] {
            tx.insert(&book(title)).await.unwrap();
        }
        tx.commit().await.unwrap();
        Self { local, told }
    }

    fn api(&self) -> Api {
        self.local.api()
    }

    /// All books, as they are stored: titles and pages.
    async fn books(&self) -> Vec<(String, i32)> {
        let books = self.local.database().select::<Book>().all().await.unwrap();
        books
            .into_iter()
            .map(|book| (book.title, book.pages))
            .collect()
    }

    async fn authors(&self) -> Vec<String> {
        let authors = self.local.database().select::<Author>().all();
        let authors = authors.await.unwrap().into_iter();
        authors.map(|author| author.name).collect()
    }
}

fn book(title: &str) -> Book {
    Book {
        id: 0,
        title: title.to_owned(),
        pages: 100,
        price: None,
        degrees: None,
        author_id: Some(1),
    }
}

fn three() -> Vec<(String, i32)> {
    ["a", "b", "c"].map(|title| (title.to_owned(), 100)).into()
}

#[tokio::test]
async fn put_without_the_key_in_the_body_does_not_overwrite_the_first_row() {
    let library = Library::open().await;
    let body = json!({"title": "new", "pages": 7});
    library.api().put("/books/3", &body).await.expect(200);
    let due = [("a", 100), ("b", 100), ("new", 7)];
    assert_eq!(
        library.books().await,
        due.map(|(title, pages)| (title.to_owned(), pages))
    );
    // Nor where there is none yet.
    let body = json!({"title": "far"});
    library.api().put("/books/9", &body).await.expect(201);
    assert_eq!(library.books().await[0].0, "a");
    let far = library.api().get("/books/9").await.expect(200).json();
    assert_eq!(far["data"]["title"], "far");
    // To the collection there is no PUT.
    library.api().put("/books", &body).await.problem(405);
    assert_eq!(library.books().await.len(), 4);
}

#[tokio::test]
async fn a_method_cannot_be_called_from_the_query_string() {
    let library = Library::open().await;
    let api = library.api();
    for query in [
        "fields=destroy",
        "fields=destroy()",
        "fields=label()",
        "fields=delete",
        "fields=to_json",
        "fields=__class__",
        "serialFields=[\"delete\"]",
        "serial_fields=delete",
        "sort=label",
        "label=x",
        "label[like]=%25",
        "destroy=1",
        "include=destroy",
    ] {
        for path in ["/books", "/books/1"] {
            api.get(&format!("{path}?{query}")).await.problem(400);
        }
    }
    // What the resource shows may be asked for, by its name.
    let shown = api.get("/books/1?fields=label").await.expect(200).json();
    assert_eq!(shown["data"], json!({"label": "“a”"}));
    assert_eq!(library.books().await, three());
}

#[tokio::test]
async fn body_keys_do_not_overwrite_methods() {
    let library = Library::open().await;
    let api = library.api();
    for key in [
        "label", "destroy", "save", "delete", "__init__", "values", "author",
    ] {
        let mut body = json!({"title": "x"});
        body[key] = json!("overwritten");
        for (method, path) in [
            ("POST", "/books"),
            ("PUT", "/books/1"),
            ("PATCH", "/books/1"),
        ] {
            let answer = api.text(method, path, &body.to_string()).await;
            let faults = answer.problem(400);
            assert_eq!(faults[0].pointer, Some(format!("/{key}")), "{method}");
            assert_eq!(faults[0].code, "unknown_field", "{method}");
        }
    }
    assert_eq!(library.books().await, three());
    let shown = api.get("/books/1").await.expect(200).json();
    assert_eq!(shown["data"]["label"], "“a”");
}

#[tokio::test]
async fn write_only_columns_cannot_be_read_letter_by_letter() {
    let library = Library::open().await;
    let api = library.api();
    for query in [
        "password[like]=h%25",
        "password[ilike]=H%25",
        "password[notlike]=h%25",
        "password[gt]=a",
        "password[null]=false",
        "password[in]=hunter2",
        "password=hunter2",
        "name[eq][column]=password",
        "password[eq][column]=name",
        "or=(password[like]=h%25,id=1)",
        "or=(not(password=x))",
        "sort=password",
        "sort=-password,id",
        "fields=password",
        "q=hunter2",
    ] {
        let answer = api.get(&format!("/authors?{query}")).await;
        answer.problem(400);
        // Nor is it among what is allowed.
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        let allowed = detail.split("allowed: ").nth(1).unwrap_or_default();
        assert!(!allowed.contains("password"), "{query}: {answer:?}");
    }
    for query in [
        "author.password=hunter2",
        "fields=author.password",
        "sort=author.password",
    ] {
        api.get(&format!("/books?{query}")).await.problem(400);
    }
    // What does not go out does not go into a tag either: who guesses it learns nothing.
    let tag = async || {
        let answer = api.get("/authors/1").await.expect(200);
        answer.header("etag").unwrap().to_owned()
    };
    let before = tag().await;
    let body = json!({"password": "other"});
    api.patch("/authors/1", &body).await.expect(200);
    assert_eq!(tag().await, before);
    let body = json!({"password": "hunter2", "name": "Ada"});
    let put = api.put("/authors/1", &body).await.expect(200);
    assert!(!put.text.contains("hunter2"), "{put:?}");
}

#[tokio::test]
async fn a_refused_change_is_not_committed() {
    let library = Library::open().await;
    let api = library.api();
    let refused = json!({"title": "refused", "pages": 9});
    api.put("/books/1", &refused).await.problem(400);
    api.put("/books/77", &refused).await.problem(400);
    api.patch("/books/1", &refused)
        .await
        .refused(403, "Forbidden");
    let mixed = json!([{"title": "new"}, {"title": "a"}]);
    api.post("/books", &mixed).await.refused(409, "Conflict");
    assert_eq!(library.books().await, three());
    assert_eq!(library.authors().await, ["Ada"]);
    api.patch("/books/1", &json!({"title": "kept"}))
        .await
        .expect(200);
    api.delete("/books/1").await.refused(403, "Forbidden");
    assert_eq!(library.books().await[0].0, "kept");
    assert!(library.told.0.lock().unwrap().is_empty());
}

#[tokio::test]
async fn database_text_does_not_reach_clients() {
    let library = Library::open().await;
    let api = library.api();
    let mut answers = vec![
        api.post("/books", &json!({"title": "a"})).await,
        api.post("/books", &json!({"title": "z", "author_id": 99}))
            .await,
        api.post("/books", &json!({"title": null})).await,
        api.delete("/authors/1").await,
        api.get("/books?title=%27%20OR%201=1--").await,
        api.get("/books?sort=title%20desc;%20drop%20table%20books")
            .await,
        api.get("/books/%00").await,
    ];
    // A table that is gone is the server's fault, and still told without its words.
    library.local.scratch().execute("DROP TABLE notes");
    let log = Log::of_errors();
    let gone = api.get("/notes").await;
    gone.problem(500);
    let told = log.take().join("\n");
    let says_why = told.contains("no such table") || told.contains("does not exist");
    assert!(says_why, "the log says why: {told}");
    answers.push(gone);
    for answer in answers {
        let text = answer.text.to_lowercase();
        for word in [
            "sqlite",
            "constraint",
            "unique index",
            "no such table",
            "select ",
            "insert ",
            "rusqlite",
            "sqlx",
            "postgres",
            "relation",
            "does not exist",
            "error code",
            "notes",
        ] {
            assert!(!text.contains(word), "{word:?} in {answer:?}");
        }
    }
    assert_eq!(library.books().await, three());
}

#[tokio::test]
async fn a_wrong_type_is_not_a_500() {
    let library = Library::open().await;
    let api = library.api();
    let values = [
        json!("text"),
        json!(1.5),
        json!(true),
        json!([]),
        json!({}),
        json!(1e300),
        json!("-"),
        json!([1]),
        json!(i64::MIN),
        json!(u64::MAX),
    ];
    for value in values {
        for (method, path) in [
            ("POST", "/books"),
            ("PUT", "/books/1"),
            ("PATCH", "/books/1"),
        ] {
            let body = json!({"title": "x", "pages": value, "degrees": value}).to_string();
            let answer = api.text(method, path, &body).await;
            let mut pointers: Vec<_> = answer
                .problem(400)
                .into_iter()
                .filter_map(|fault| fault.pointer)
                .collect();
            pointers.sort();
            assert_eq!(pointers, ["/degrees", "/pages"], "{method} {body}");
        }
        let text = value.to_string();
        if value != json!(u64::MAX) && value != json!(i64::MIN) {
            let query = text
                .bytes()
                .fold(String::new(), |query, byte| format!("{query}%{byte:02X}"));
            api.get(&format!("/books?author_id={query}"))
                .await
                .problem(400);
        }
    }
    for path in [
        "/books/x",
        "/books/1.5",
        "/books/99999999999999999999",
        "/lines/1/x",
    ] {
        api.get(path).await.problem(404);
    }
    assert_eq!(library.books().await, three());
}

#[tokio::test]
async fn composite_keys_are_not_glued_together() {
    let library = Library::open().await;
    let api = library.api();
    for (number, part) in [(1, 11), (11, 1), (1, 1), (111, 0)] {
        let body = json!({"number": number, "part": part, "units": number});
        let made = api.post("/lines", &body).await.expect(201);
        let path = format!("/lines/{number}/{part}");
        assert_eq!(made.header("location"), Some(path.as_str()));
    }
    for glued in ["/lines/111", "/lines/1_11", "/lines/1,11", "/lines/1%2F11"] {
        api.get(glued).await.problem(404);
    }
    api.patch("/lines/1/11", &json!({"units": 5}))
        .await
        .expect(200);
    api.delete("/lines/11/1").await.expect(204);
    let lines = library
        .local
        .database()
        .select::<Line>()
        .all()
        .await
        .unwrap();
    let lines: Vec<_> = lines
        .iter()
        .map(|line| (line.number, line.part, line.units))
        .collect();
    assert_eq!(lines, [(1, 1, 1), (1, 11, 5), (111, 0, 111)]);
}

#[tokio::test]
async fn defaults_count_for_required() {
    let library = Library::open().await;
    let made = library.api().post("/books", &json!({"title": "d"})).await;
    assert_eq!(made.expect(201).json()["data"]["pages"], 100);
    let missing = library.api().post("/books", &json!({})).await;
    let faults = missing.problem(400);
    let pointers: Vec<_> = faults
        .iter()
        .map(|fault| fault.pointer.as_deref())
        .collect();
    assert_eq!(pointers, [Some("/title")]);
}

#[tokio::test]
async fn minus_five_and_9_99_are_numbers() {
    let library = Library::open().await;
    let api = library.api();
    let body = json!({"title": "n", "degrees": -5, "price": "9.99"});
    api.post("/books", &body).await.expect(201);
    let text = r#"{"title": "m", "degrees": -5, "price": 9.99}"#;
    let made = api.text("POST", "/books", text).await.expect(201);
    assert_eq!(made.json()["data"]["degrees"], -5);
    assert_eq!(made.json()["data"]["price"], "9.99");
    let found = api.get("/books?price=9.99").await.expect(200).json();
    assert_eq!(found["data"].as_array().unwrap().len(), 2);
    let found = api.get("/books?author_id[gt]=-5").await.expect(200).json();
    assert_eq!(found["data"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn limit_does_not_pass_the_page_maximum() {
    let library = Library::open().await;
    let mut tx = library.local.database().transaction().await.unwrap();
    for number in 0..20 {
        tx.insert(&book(&format!("book {number}"))).await.unwrap();
    }
    tx.commit().await.unwrap();
    let count = async |query: &str| {
        let page = library.api().get(&format!("/books?{query}")).await;
        page.expect(200).json()["data"].as_array().unwrap().len()
    };
    assert_eq!(count("").await, 5);
    for (query, due) in [
        ("limit=10", 10),
        ("limit=11", 10),
        ("limit=1000000", 10),
        ("limit=9223372036854775807", 10),
        ("limit=1000&cursor=", 10),
        ("limit=1000&offset=20", 3),
        ("limit=0", 0),
    ] {
        assert_eq!(count(query).await, due, "{query}");
    }
    for query in [
        "limit=-1",
        "limit=x",
        "limit=",
        "page_size=1000",
        "limit=5&limit=100",
    ] {
        library
            .api()
            .get(&format!("/books?{query}"))
            .await
            .problem(400);
    }
}

#[tokio::test]
async fn debug_shows_no_sql() {
    let library = Library::open().await;
    for query in ["debug=true", "debug", "explain=true", "explain", "sql=1"] {
        for path in ["/books", "/books/1"] {
            let answer = library.api().get(&format!("{path}?{query}")).await;
            let faults = answer.problem(400);
            assert_eq!(faults[0].code, "unknown_parameter");
            assert!(!answer.text.contains("SELECT"), "{answer:?}");
        }
    }
}

#[tokio::test]
async fn unknown_filters_do_not_return_the_whole_table() {
    let library = Library::open().await;
    for query in [
        "titel=a",
        "title[is]=a",
        "title[like",
        "TITLE=a",
        "pages=100",
        "filter[title]=a",
        "title%00=a",
        "or=()",
        "title[eq][title]=a",
        "title[]=a",
        "where=1",
    ] {
        let answer = library.api().get(&format!("/books?{query}")).await;
        answer.problem(400);
    }
    // A filter that finds nothing finds nothing.
    let none = library.api().get("/books?title=zzz").await.expect(200);
    assert_eq!(none.json()["data"], json!([]));
    // Nor is a condition passed over by a method that has none.
    for method in ["DELETE", "PATCH", "PUT"] {
        let answer = library
            .api()
            .text(method, "/books/1?title=zzz", r#"{"title": "q"}"#)
            .await;
        answer.problem(400);
    }
    assert_eq!(library.books().await, three());
}

#[tokio::test]
async fn relations_take_one_statement_each() {
    let library = Library::open().await;
    let log = Log::of_statements();
    for (path, due) in [
        ("/books?limit=1&include=author", 2),
        ("/books?limit=3&include=author", 2),
        ("/authors?include=books.author", 3),
    ] {
        log.take();
        library.api().get(path).await.expect(200);
        let statements = log.take();
        assert_eq!(statements.len(), due, "{path}: {statements:#?}");
    }
}

#[tokio::test]
async fn patch_of_a_missing_row_creates_nothing() {
    let library = Library::open().await;
    let body = json!({"title": "new", "pages": 5});
    let answer = library.api().patch("/books/77", &body).await;
    answer.refused(404, "Book Not Found");
    let answer = library
        .api()
        .patch("/lines/1/1", &json!({"units": 5}))
        .await;
    answer.refused(404, "Line Not Found");
    assert_eq!(library.books().await, three());
    assert_eq!(
        library
            .local
            .database()
            .select::<Line>()
            .count()
            .await
            .unwrap(),
        0
    );
}

#[tokio::test]
async fn resources_share_no_state() {
    let library = Library::open().await;
    let api = library.api();
    // What one resource allows, shows and pages is nothing to the others.
    api.get("/notes?title=a").await.problem(400);
    api.get("/books?title=a").await.expect(200);
    api.post("/notes", &json!({"title": "n"}))
        .await
        .problem(405);
    for id in 1..=4 {
        let mut tx = library.local.database().transaction().await.unwrap();
        let title = "n".to_owned();
        tx.insert(&Note { id, title }).await.unwrap();
        tx.commit().await.unwrap();
    }
    let shown = |answer: topchef_tests::Answer| answer.expect(200).json()["data"].clone();
    let first = shown(api.get("/notes?limit=100&fields=id").await);
    assert_eq!(first, json!([{"id": 1}, {"id": 2}]));
    // Nor does one request leave anything to the next.
    let fields = shown(
        api.get("/books?fields=pages&sort=-id&limit=1&title=b")
            .await,
    );
    assert_eq!(fields, json!([{"pages": 100}]));
    let after = shown(api.get("/books").await);
    let due = [(1, "a"), (2, "b"), (3, "c")];
    let due: Vec<_> = due
        .iter()
        .map(|(id, title)| json!({"id": id, "title": title}))
        .collect();
    assert_eq!(after, Value::from(due));
}

#[tokio::test(flavor = "multi_thread")]
async fn check_then_insert_does_not_race() {
    let library = Library::open().await;
    let mut writes = Vec::new();
    for number in 0..40 {
        let api = library.api();
        writes.push(tokio::spawn(async move {
            let body = json!({"title": "same", "pages": number});
            match number % 2 {
                0 => api.post("/books", &body).await.status,
                _ => api.put("/books/500", &json!({"title": "one"})).await.status,
            }
        }));
    }
    let mut statuses = Vec::new();
    for write in writes {
        statuses.push(write.await.unwrap());
    }
    let count = |status| statuses.iter().filter(|found| **found == status).count();
    // One POST and one PUT made a record; the other POSTs are conflicts, the other PUTs replaced it.
    assert_eq!(
        (count(201), count(409), count(200)),
        (2, 19, 19),
        "{statuses:?}"
    );
    let titles: Vec<_> = library
        .books()
        .await
        .into_iter()
        .map(|(title, _)| title)
        .collect();
    assert_eq!(titles.iter().filter(|title| *title == "same").count(), 1);
    assert_eq!(titles.len(), 5);
}

#[tokio::test]
async fn delete_has_after_commit() {
    let library = Library::open().await;
    library.api().delete("/books/2").await.expect(204);
    assert_eq!(*library.told.0.lock().unwrap(), ["b"]);
    assert_eq!(library.authors().await, ["Ada", "after"]);
    // Nothing was removed, nothing is told.
    library.api().delete("/books/2").await.problem(404);
    assert_eq!(library.told.0.lock().unwrap().len(), 1);
}
