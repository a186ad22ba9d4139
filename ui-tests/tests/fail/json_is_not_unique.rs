use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
struct Book {
    id: Uuid,
    #[resource(json, unique)]
    tags: Vec<String>,
}

fn main() {}
