use topchef_runtime::{Context, Input, ModelResource, Report};

#[derive(ModelResource)]
#[resource(process_input(post = check))]
struct Book {
    id: i64,
    title: String,
}

async fn check(_cx: &Context, _input: &Input<Book>) -> Result<(), Report> {
    Ok(())
}

fn main() {}
