use topchef_runtime::ModelResource;
use uuid::Uuid;

struct Author {
    name: String,
}

#[derive(ModelResource)]
struct Book {
    id: Uuid,
    author: Option<Author>,
}

fn main() {}
