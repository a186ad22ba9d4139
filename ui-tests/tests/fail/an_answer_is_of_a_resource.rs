use topchef_runtime::{Committed, Context, ModelResource, Next, Report, Transaction};

struct Author;

#[derive(ModelResource)]
#[resource(serial_fields(post = Author[id]), after_commit(post = hire))]
struct Book {
    id: i64,
    title: String,
}

async fn hire(_: &Context, _: &mut Transaction, _: &Committed<Book>) -> Result<Next, Report> {
    Ok(Next::Proceed)
}

fn main() {}
