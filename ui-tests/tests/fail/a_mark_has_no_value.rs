use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
struct Book {
    #[resource(primary_key = true)]
    id: Uuid,
    title: String,
}

fn main() {}
