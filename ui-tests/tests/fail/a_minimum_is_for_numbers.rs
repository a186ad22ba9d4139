use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
struct Book {
    id: Uuid,
    #[resource(minimum = 3)]
    title: String,
}

fn main() {}
