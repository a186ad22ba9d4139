use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
#[resource(after_commit(post()))]
struct Book {
    id: Uuid,
    title: String,
}

fn main() {}
