use topchef_runtime::{Context, ModelResource, Report, Tracked, Transaction};
use uuid::Uuid;

#[derive(ModelResource)]
#[resource(before_commit(post = stamp))]
struct Book {
    id: Uuid,
    title: String,
}

async fn stamp(
    _cx: &Context,
    _tx: &mut Transaction,
    _book: &mut Tracked<Book>,
) -> Result<(), Report> {
    Ok(())
}

fn main() {}
