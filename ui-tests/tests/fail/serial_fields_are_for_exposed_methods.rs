use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
#[resource(methods(get, list), serial_fields(post = [id]))]
struct Book {
    id: Uuid,
    title: String,
}

fn main() {}
