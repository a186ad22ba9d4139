use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
#[resource(process_input(post = |_cx, _input| Ok(())))]
struct Book {
    id: Uuid,
    title: String,
}

fn main() {}
