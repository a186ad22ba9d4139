use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
struct Book {
    id: Uuid,
    title: String,
    #[resource(rename = "title")]
    name: String,
}

fn main() {}
