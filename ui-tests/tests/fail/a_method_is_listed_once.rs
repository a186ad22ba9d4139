use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
#[resource(methods(get, list, get))]
struct Book {
    id: Uuid,
    title: String,
}

fn main() {}
