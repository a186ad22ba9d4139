use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
struct Book {
    id: Uuid,
    #[resource(version)]
    version: String,
}

fn main() {}
