use topchef_runtime::{Context, Input, ModelResource, Report};

#[derive(ModelResource)]
#[resource(process_input(post = check))]
struct Book {
    id: i64,
    title: String,
}

async fn check<T: Copy>(_cx: &Context, _input: &mut Input<T>) -> Result<(), Report> {
    Ok(())
}

fn main() {}
