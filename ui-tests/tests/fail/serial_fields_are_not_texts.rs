use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
#[resource(serial_fields = ["id", title])]
struct Book {
    id: Uuid,
    title: String,
}

fn main() {}
