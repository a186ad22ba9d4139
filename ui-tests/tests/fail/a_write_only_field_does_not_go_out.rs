use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
#[resource(serial_fields = [id, secret])]
struct Book {
    id: Uuid,
    #[resource(write_only)]
    secret: String,
}

fn main() {}
