use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
#[resource]
struct Book {
    id: Uuid,
    title: String,
}

fn main() {}
