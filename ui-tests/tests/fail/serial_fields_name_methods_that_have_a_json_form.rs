use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
#[resource(serial_fields = [id, cover()])]
struct Book {
    id: Uuid,
    title: String,
}

struct Cover;

impl Book {
    fn cover(&self) -> Cover {
        Cover
    }
}

fn main() {}
