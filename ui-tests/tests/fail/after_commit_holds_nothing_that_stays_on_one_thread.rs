use std::rc::Rc;

use topchef_runtime::{Committed, Context, ModelResource, Next, Report, Transaction};

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
) -> Result<Next, Report> {
    let count = Rc::new(1);
    look_up().await;
    drop(count);
    Ok(Next::Proceed)
}

async fn look_up() {}

fn main() {}
