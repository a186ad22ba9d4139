use topchef_runtime::ModelResource;
use uuid::Uuid;

struct Author {
    name: String,
}

#[derive(ModelResource)]
struct Book {
    id: Uuid,
    #[resource(json)]
    author: Author,
}

fn main() {}
