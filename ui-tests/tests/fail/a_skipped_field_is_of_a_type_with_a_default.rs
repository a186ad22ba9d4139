use topchef_runtime::ModelResource;
use uuid::Uuid;

struct Cache;

#[derive(ModelResource)]
struct Book {
    id: Uuid,
    #[resource(skip)]
    cache: Cache,
}

fn main() {}
