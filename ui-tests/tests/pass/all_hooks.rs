use serde_json::{Value, json};
use topchef_runtime::{
    Api, ApiError, Committed, Context, Database, Input, ModelResource, Next, Reply, Report, Select,
    Tracked, Transaction,
};
use topchef_ui_tests::send;

#[derive(ModelResource)]
#[resource(
    process_input(get = only_shown, list = only_shown, delete = only_shown, post = trim, put = trim, patch = trim),
    before_commit(post = count, put = count, patch = count, delete = hide),
    after_commit(post = note, put = note, patch = note, delete = note)
)]
struct Book {
    id: i64,
    title: String,
    #[resource(read_only, default = 0)]
    edition: i32,
    #[resource(default = true)]
    shown: bool,
}

#[derive(ModelResource)]
struct Note {
    id: i64,
    text: String,
}

async fn only_shown(_cx: &Context, books: &mut Select<Book>) -> Result<(), Report> {
    books.filter(Book::SHOWN.eq(true));
    Ok(())
}

async fn trim(_cx: &Context, input: &mut Input<Book>) -> Result<(), ApiError> {
    if let Some(title) = input.get(Book::TITLE).map_err(ApiError::serialization)? {
        if title.trim().is_empty() {
            return Err(ApiError::deserialization(
                "title",
                "empty",
                "must not be empty",
            ));
        }
        input.set(Book::TITLE, title.trim());
    }
    Ok(())
}

async fn count(
    _cx: &Context,
    _tx: &mut Transaction,
    book: &mut Tracked<Book>,
) -> Result<Next, Report> {
    let edition = book.edition + 1;
    book.set(Book::EDITION, edition);
    Ok(Next::Proceed)
}

async fn hide(
    _cx: &Context,
    tx: &mut Transaction,
    book: &mut Tracked<Book>,
) -> Result<Next, Report> {
    book.set(Book::SHOWN, false);
    tx.save(book).await?;
    Ok(Next::Instead(Reply::no_content()))
}

async fn note(
    _cx: &Context,
    tx: &mut Transaction,
    book: &Committed<Book>,
) -> Result<Next, ApiError> {
    let note = Note {
        id: 0,
        text: format!("{} {}", book.title, book.edition),
    };
    tx.insert(&note).await.map_err(|_| ApiError::constraint())?;
    Ok(Next::Proceed)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let database = Database::temporary().await?;
    database.create_tables::<(Book, Note)>().await?;
    let api = Api::new(database.clone()).resource::<Book>().public();
    let router = api.into_router();

    let (status, _) = send(&router, "POST", "/books", json!({"title": " "})).await?;
    assert_eq!(status, 400);
    let (status, created) = send(&router, "POST", "/books", json!({"title": " Dune "})).await?;
    assert_eq!((status, &created["data"]["title"]), (201, &json!("Dune")));
    let (_, changed) = send(
        &router,
        "PATCH",
        "/books/1",
        json!({"title": "Dune Messiah"}),
    )
    .await?;
    assert_eq!(changed["data"]["edition"], 2);
    let (status, _) = send(&router, "DELETE", "/books/1", Value::Null).await?;
    assert_eq!(status, 204);
    let (status, _) = send(&router, "GET", "/books/1", Value::Null).await?;
    assert_eq!(status, 404);

    let notes = database
        .select::<Note>()
        .order_by(Note::ID.asc())
        .all()
        .await?;
    let texts: Vec<_> = notes.iter().map(|note| note.text.as_str()).collect();
    assert_eq!(texts, ["Dune 1", "Dune Messiah 2"]);
    Ok(())
}
