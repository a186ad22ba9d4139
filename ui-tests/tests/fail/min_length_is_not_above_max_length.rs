use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
struct Book {
    id: Uuid,
    #[resource(min_length = 100, max_length = 10)]
    title: String,
}

fn main() {}
