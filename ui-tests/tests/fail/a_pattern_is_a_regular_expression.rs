use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
struct Book {
    id: Uuid,
    #[resource(pattern = "^([0-9]+$")]
    isbn: String,
}

fn main() {}
