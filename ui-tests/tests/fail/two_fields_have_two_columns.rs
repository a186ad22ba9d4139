use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
struct Book {
    id: Uuid,
    title: String,
    #[resource(column = "title")]
    name: String,
}

fn main() {}
