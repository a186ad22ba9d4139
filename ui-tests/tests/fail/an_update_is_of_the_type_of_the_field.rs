use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
struct Book {
    id: Uuid,
    #[resource(on_update = Uuid::now_v7)]
    turns: i32,
}

fn main() {}
