use topchef_runtime::{Context, Input, ModelResource};

#[derive(ModelResource)]
#[resource(process_input(post = check))]
struct Book {
    id: i64,
    title: String,
}

async fn check(_cx: &Context, _input: &mut Input<Book>) {}

fn main() {}
