use topchef_runtime::{Context, ModelResource, Next, Report, Tracked, Transaction};
use uuid::Uuid;

#[derive(ModelResource)]
#[resource(after_commit(post(announce, best_effort)))]
struct Book {
    id: Uuid,
    title: String,
}

async fn announce(
    _cx: &Context,
    _tx: &mut Transaction,
    _book: &mut Tracked<Book>,
) -> Result<Next, Report> {
    Ok(Next::Proceed)
}

fn main() {}
