use topchef_runtime::ModelResource;
use uuid::Uuid;

struct Author;

#[derive(ModelResource)]
struct Book {
    id: Uuid,
    #[resource(references = Author)]
    author_id: Uuid,
}

fn main() {}
