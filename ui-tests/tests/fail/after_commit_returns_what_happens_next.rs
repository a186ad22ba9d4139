use topchef_runtime::{Committed, Context, ModelResource, Report, Transaction};

#[derive(ModelResource)]
#[resource(after_commit(post = announce))]
struct Book {
    id: i64,
    title: String,
}

async fn announce(
    _cx: &Context,
    _tx: &mut Transaction,
    _book: &Committed<Book>,
) -> Result<(), Report> {
    Ok(())
}

fn main() {}
