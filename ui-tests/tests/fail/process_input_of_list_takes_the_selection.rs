use topchef_runtime::{Context, Input, ModelResource, Report};
use uuid::Uuid;

#[derive(ModelResource)]
#[resource(process_input(list = only_mine))]
struct Book {
    id: Uuid,
    title: String,
}

async fn only_mine(_cx: &Context, _input: &mut Input<Book>) -> Result<(), Report> {
    Ok(())
}

fn main() {}
