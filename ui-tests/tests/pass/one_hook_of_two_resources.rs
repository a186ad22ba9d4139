use serde_json::json;
use topchef_runtime::{Api, Context, Database, ModelResource, Next, Report, Tracked, Transaction};
use topchef_ui_tests::send;

#[derive(ModelResource)]
#[resource(before_commit(post = count))]
struct Book {
    id: i64,
}

#[derive(ModelResource)]
#[resource(before_commit(post = count))]
struct Author {
    id: i64,
}

#[derive(ModelResource)]
struct Count {
    id: i64,
    what: String,
}

async fn count<M: ModelResource>(
    _cx: &Context,
    tx: &mut Transaction,
    _record: &mut Tracked<M>,
) -> Result<Next, Report> {
    let what = M::descriptor().name.to_owned();
    tx.insert(&Count { id: 0, what }).await?;
    Ok(Next::Proceed)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let database = Database::temporary().await?;
    database.create_tables::<(Book, Author, Count)>().await?;
    let api = Api::new(database.clone())
        .resource::<Book>()
        .resource::<Author>();
    let router = api.public().into_router();
    send(&router, "POST", "/books", json!({})).await?;
    send(&router, "POST", "/authors", json!({})).await?;
    let counts = database
        .select::<Count>()
        .order_by(Count::ID.asc())
        .all()
        .await?;
    let counts: Vec<_> = counts.into_iter().map(|count| count.what).collect();
    assert_eq!(counts, ["Book", "Author"]);
    Ok(())
}
