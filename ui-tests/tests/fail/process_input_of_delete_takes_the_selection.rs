use topchef_runtime::{Context, Input, ModelResource, Report};

#[derive(ModelResource)]
#[resource(process_input(delete = check))]
struct Book {
    id: i64,
    title: String,
}

async fn check(_cx: &Context, _input: &mut Input<Book>) -> Result<(), Report> {
    Ok(())
}

fn main() {}
