//! References that do not hold: 409 at each of them by a write, and by what a record is still referred to at its removal.

use serde_json::{Value, json};
use topchef_runtime::{Context, ModelResource, Next, Report, Tracked, Transaction};
use topchef_tests::Answer;
use topchef_tests::local::Local;
use uuid::Uuid;

/// Who writes.
#[derive(Debug, ModelResource)]
#[resource(relations(books(has_many = Book, by = author_id)))]
struct Author {
    id: Uuid,
    name: String,
}

/// Where books stand; it does not know them.
#[derive(ModelResource)]
struct Shelf {
    #[resource(primary_key)]
    mark: String,
}

/// What is written.
#[derive(ModelResource)]
#[resource(
    rename_all = "camelCase",
    relations(chapters(has_many = Chapter, by = book_id))
)]
struct Book {
    id: i64,
    #[resource(references = Author)]
    author_id: Uuid,
    #[resource(references = Shelf)]
    shelf_mark: Option<String>,
    #[resource(references = Book)]
    sequel_of: Option<i64>,
}

/// A part of a book; a hook watches it.
#[derive(Debug, ModelResource)]
#[resource(before_commit(post = watched, put = watched, patch = watched))]
struct Chapter {
    id: i64,
    #[resource(references = Book)]
    book_id: i64,
    #[resource(references = Author)]
    guest_id: Option<Uuid>,
}

async fn watched(
    _: &Context,
    _: &mut Transaction,
    _: &mut Tracked<Chapter>,
) -> Result<Next, Report> {
    Ok(Next::Proceed)
}

const NOBODY: &str = "7b0f5a4e-93c1-4d52-8a66-0c1d2e3f4a5b";

struct Library {
    local: Local,
    author: String,
}

impl Library {
    /// With an author, a shelf called `A` and book 1.
    async fn open() -> Self {
        let local = Local::start::<(Author, Shelf, Book, Chapter)>(|api| {
            api.resource::<Author>()
                .resource::<Shelf>()
                .resource::<Book>()
                .resource::<Chapter>()
        });
        let local = local.await;
        let api = local.api();
        let author = api.post("/authors", &json!({"name": "Ada"})).await;
        let author = author.expect(201).made();
        api.post("/shelves", &json!({"mark": "A"}))
            .await
            .expect(201);
        let book = json!({"authorId": author, "shelfMark": "A"});
        api.post("/books", &book).await.expect(201);
        Self { local, author }
    }

    async fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.local.api().text(method, path, &body.to_string()).await
    }
}

/// The places of a 409 for references.
fn broken(answer: &Answer) -> Vec<String> {
    let faults = answer.refused(409, "Conflict");
    let places = faults.into_iter().map(|fault| {
        assert_eq!(fault.code, "foreign_key");
        fault.pointer.unwrap_or_default()
    });
    places.collect()
}

#[tokio::test]
async fn each_reference_that_leads_nowhere_is_told() {
    let library = Library::open().await;
    let all = json!({"authorId": NOBODY, "shelfMark": "Z", "sequelOf": 9});
    let some = json!({"authorId": library.author, "shelfMark": "A", "sequelOf": 9});
    for (method, path) in [
        ("POST", "/books"),
        ("PUT", "/books/1"),
        ("PUT", "/books/5"),
        ("PATCH", "/books/1"),
    ] {
        let answer = library.send(method, path, &all).await;
        assert_eq!(
            broken(&answer),
            ["/authorId", "/shelfMark", "/sequelOf"],
            "{method}"
        );
        let fault = &answer.problem(409)[0];
        assert!(fault.detail.contains(NOBODY), "{fault:?}");
        let answer = library.send(method, path, &some).await;
        assert_eq!(broken(&answer), ["/sequelOf"], "{method}");
    }
    let book = library.local.api().get("/books/1").await.expect(200).json();
    assert_eq!(book["data"]["sequelOf"], Value::Null);
    let books = library
        .local
        .database()
        .select::<Book>()
        .all()
        .await
        .unwrap();
    assert_eq!(books.len(), 1);
}

#[tokio::test]
async fn it_is_told_alike_in_a_transaction() {
    let library = Library::open().await;
    let chapter = json!({"book_id": 1, "guest_id": library.author});
    let made = library.send("POST", "/chapters", &chapter).await;
    let path = format!("/chapters/{}", made.expect(201).made());
    let wrong = json!({"book_id": 9, "guest_id": NOBODY});
    for (method, path) in [
        ("POST", "/chapters"),
        ("PUT", path.as_str()),
        ("PATCH", path.as_str()),
    ] {
        let answer = library.send(method, path, &wrong).await;
        assert_eq!(broken(&answer), ["/book_id", "/guest_id"], "{method}");
    }
    // What the same transaction has written is there: only the guest is nobody.
    let book = json!({
        "authorId": library.author,
        "chapters": [{"guest_id": library.author}, {"guest_id": NOBODY}],
    });
    let answer = library.send("POST", "/books", &book).await;
    assert_eq!(broken(&answer), ["/chapters/1/guest_id"]);
    let several = json!([{"authorId": library.author}, {"authorId": NOBODY}]);
    let answer = library.send("POST", "/books", &several).await;
    assert_eq!(broken(&answer), ["/1/authorId"]);
    let books = library
        .local
        .database()
        .select::<Book>()
        .all()
        .await
        .unwrap();
    assert_eq!(books.len(), 1);
}

#[tokio::test]
async fn it_is_told_alike_in_code() {
    let library = Library::open().await;
    let mut tx = library.local.database().transaction().await.unwrap();
    let chapter = Chapter {
        id: 0,
        book_id: 9,
        guest_id: None,
    };
    let refused = tx.insert(&chapter).await.unwrap_err();
    assert_eq!(refused.errors()[0].pointer(), Some("/book_id"));
    let chapter = tx
        .insert(&Chapter {
            book_id: 1,
            ..chapter
        })
        .await
        .unwrap();
    let mut tracked = tx.get::<Chapter>(chapter.id).await.unwrap().unwrap();
    tracked.set(Chapter::BOOK_ID, 9);
    let refused = tx.save(&mut tracked).await.unwrap_err();
    assert_eq!(refused.errors()[0].pointer(), Some("/book_id"));
    let author = library.author.parse::<Uuid>().unwrap();
    let author = tx.get::<Author>(author).await.unwrap().unwrap();
    let refused = tx.delete(&*author).await.unwrap_err();
    assert!(
        refused.errors()[0].detail().contains("`books`"),
        "{refused}"
    );
}

#[tokio::test]
async fn what_is_still_referred_to_is_not_removed() {
    let library = Library::open().await;
    let api = library.local.api();
    let path = format!("/authors/{}", library.author);
    let faults = api.delete(&path).await.refused(409, "Conflict");
    assert_eq!(faults[0].code, "foreign_key");
    assert!(faults[0].detail.contains("`books`"), "{faults:?}");
    // A resource that knows none of those that refer to it can say only that there are some.
    let faults = api.delete("/shelves/A").await.refused(409, "Conflict");
    assert_eq!(faults[0].code, "foreign_key");
    assert_eq!(faults[0].pointer, None);
    api.delete("/books/1").await.expect(204);
    api.delete(&path).await.expect(204);
    api.delete("/shelves/A").await.expect(204);
}
