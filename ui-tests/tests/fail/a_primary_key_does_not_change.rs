use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
struct Book {
    #[resource(on_update = Uuid::now_v7)]
    id: Uuid,
}

fn main() {}
