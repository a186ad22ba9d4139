use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
#[resource(before_commit(pots = stamp))]
struct Book {
    id: Uuid,
    title: String,
}

fn main() {}
