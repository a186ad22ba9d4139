use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
struct Book {
    id: Uuid,
    #[resource(version)]
    version: i64,
    #[resource(version)]
    edition: i64,
}

fn main() {}
