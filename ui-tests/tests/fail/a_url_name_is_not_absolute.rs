use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
#[resource(url_name = "/api/books")]
struct Book {
    id: Uuid,
    title: String,
}

fn main() {}
