use std::rc::Rc;

use topchef_runtime::{Context, Method, ModelResource, Permit, Report};

#[derive(ModelResource)]
#[resource(authorize = members)]
struct Book {
    id: i64,
    title: String,
}

async fn members(_cx: &Context, _method: Method) -> Result<Permit<Book>, Report> {
    let count = Rc::new(1);
    look_up().await;
    drop(count);
    Ok(Permit::all())
}

async fn look_up() {}

fn main() {}
