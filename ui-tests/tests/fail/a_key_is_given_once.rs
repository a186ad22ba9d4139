use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
#[resource(table = "library", table = "books")]
struct Book {
    id: Uuid,
    title: String,
}

fn main() {}
