use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
struct Book {
    #[resource(unique)]
    id: Uuid,
}

fn main() {}
