use topchef_runtime::{Context, Input, ModelResource, Report};
use uuid::Uuid;

#[derive(ModelResource)]
#[resource(process_input(post = check_title))]
struct Book {
    id: Uuid,
    title: String,
}

#[derive(ModelResource)]
struct Author {
    id: Uuid,
}

async fn check_title(_cx: &Context, _input: &mut Input<Author>) -> Result<(), Report> {
    Ok(())
}

fn main() {}
