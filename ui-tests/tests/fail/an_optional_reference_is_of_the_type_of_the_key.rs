use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
struct Author {
    id: Uuid,
}

#[derive(ModelResource)]
struct Book {
    id: Uuid,
    #[resource(references = Author)]
    author_id: Option<i64>,
}

fn main() {}
