use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
#[resource(rename_all = "camel")]
struct Book {
    id: Uuid,
    title: String,
}

fn main() {}
