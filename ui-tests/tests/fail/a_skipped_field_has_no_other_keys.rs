use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
struct Book {
    id: Uuid,
    #[resource(skip, max_length = 100)]
    title: String,
}

fn main() {}
