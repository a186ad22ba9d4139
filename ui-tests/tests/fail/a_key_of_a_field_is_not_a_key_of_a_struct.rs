use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
#[resource(max_length = 100)]
struct Book {
    id: Uuid,
    title: String,
}

fn main() {}
