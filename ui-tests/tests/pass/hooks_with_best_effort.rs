use axum::http::StatusCode;
use serde_json::{Value, json};
use topchef_runtime::{
    Api, ApiError, Committed, Context, Database, ModelResource, Next, Reply, Report, Transaction,
};
use topchef_ui_tests::send;

#[derive(ModelResource)]
#[resource(after_commit(
    post(jobs::note::<Book>, best_effort),
    put = note,
    patch(note, best_effort,),
    delete(Self::answer, best_effort)
))]
struct Book {
    id: i64,
    title: String,
}

impl Book {
    async fn answer(
        _: &Context,
        _: &mut Transaction,
        book: &Committed<Self>,
    ) -> Result<Next, Report> {
        Ok(Next::Instead(Reply::record(
            StatusCode::ACCEPTED,
            &Note::of(&book.title),
        )?))
    }
}

#[derive(ModelResource)]
struct Note {
    id: i64,
    text: String,
}

impl Note {
    fn of(text: &str) -> Self {
        Self {
            id: 0,
            text: text.to_owned(),
        }
    }
}

async fn note(_: &Context, tx: &mut Transaction, book: &Committed<Book>) -> Result<Next, ApiError> {
    tx.insert(&Note::of(&book.title))
        .await
        .map_err(|_| ApiError::constraint())?;
    Ok(Next::Proceed)
}

mod jobs {
    use super::*;

    pub async fn note<M: ModelResource>(
        _: &Context,
        tx: &mut Transaction,
        _: &Committed<M>,
    ) -> Result<Next, Report> {
        tx.insert(&Note::of("posted")).await?;
        Ok(Next::Proceed)
    }
}

macro_rules! film {
    ($hook:path, $told:expr, $word:ident) => {
        #[derive(ModelResource)]
        #[resource(after_commit(post($hook, best_effort), put($told, $word)))]
        struct Film {
            id: i64,
            title: String,
        }
    };
}
film!(jobs::note::<Film>, jobs::note, best_effort);

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let database = Database::temporary().await?;
    database.create_tables::<(Book, Film, Note)>().await?;
    let api = Api::new(database.clone())
        .resource::<Book>()
        .resource::<Film>()
        .public();
    let router = api.into_router();

    for (method, path, body, expected) in [
        ("POST", "/books", json!({"title": "Dune"}), 201),
        ("PUT", "/books/1", json!({"title": "Ubik"}), 200),
        ("PATCH", "/books/1", json!({"title": "Solaris"}), 200),
        ("DELETE", "/books/1", Value::Null, 202),
        ("POST", "/films", json!({"title": "Stalker"}), 201),
    ] {
        let (status, _) = send(&router, method, path, body).await?;
        assert_eq!(status, expected, "{method} {path}");
    }

    let notes = database
        .select::<Note>()
        .order_by(Note::ID.asc())
        .all()
        .await?;
    let texts: Vec<_> = notes.iter().map(|note| note.text.as_str()).collect();
    assert_eq!(texts, ["posted", "Ubik", "Solaris", "posted"]);
    Ok(())
}
