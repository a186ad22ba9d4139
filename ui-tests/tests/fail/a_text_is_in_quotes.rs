use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
#[resource(table = library)]
struct Book {
    id: Uuid,
    title: String,
}

fn main() {}
