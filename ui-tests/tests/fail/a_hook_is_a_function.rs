use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
#[resource(process_input(post = LIMIT))]
struct Book {
    id: Uuid,
    title: String,
}

const LIMIT: u32 = 100;

fn main() {}
