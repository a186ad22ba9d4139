use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
struct Book {
    id: Uuid,
    #[resource(pattern = "^[0-9]+$")]
    pages: i32,
}

fn main() {}
