use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
struct Book {
    id: Option<Uuid>,
    title: String,
}

fn main() {}
