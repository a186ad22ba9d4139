use std::rc::Rc;

use topchef_runtime::{Context, Input, ModelResource, Report};
use uuid::Uuid;

#[derive(ModelResource)]
#[resource(process_input(post = check_title))]
struct Book {
    id: Uuid,
    title: String,
}

async fn check_title(_cx: &Context, _input: &mut Input<Book>) -> Result<(), Report> {
    let count = Rc::new(1);
    look_up().await;
    drop(count);
    Ok(())
}

async fn look_up() {}

fn main() {}
