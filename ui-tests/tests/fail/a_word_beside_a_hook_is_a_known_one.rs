use topchef_runtime::{Committed, Context, ModelResource, Next, Report, Transaction};
use uuid::Uuid;

#[derive(ModelResource)]
#[resource(after_commit(post(announce, best_efort)))]
struct Book {
    id: Uuid,
    title: String,
}

async fn announce(
    _cx: &Context,
    _tx: &mut Transaction,
    _book: &Committed<Book>,
) -> Result<Next, Report> {
    Ok(Next::Proceed)
}

fn main() {}
