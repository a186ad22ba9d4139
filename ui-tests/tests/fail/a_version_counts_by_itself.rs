use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
struct Book {
    id: Uuid,
    #[resource(version, default = 0)]
    version: i64,
}

fn main() {}
