use topchef_runtime::{Committed, Context, ModelResource, Next, Report, Transaction};

#[derive(ModelResource)]
#[resource(after_commit(post(announce, durable)))]
struct Book {
    id: i64,
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
