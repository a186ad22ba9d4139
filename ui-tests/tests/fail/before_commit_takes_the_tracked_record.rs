use topchef_runtime::{Context, ModelResource, Next, Report, Tracked};
use uuid::Uuid;

#[derive(ModelResource)]
#[resource(before_commit(post = stamp))]
struct Book {
    id: Uuid,
    title: String,
}

async fn stamp(_cx: &Context, _book: &mut Tracked<Book>) -> Result<Next, Report> {
    Ok(Next::Proceed)
}

fn main() {}
