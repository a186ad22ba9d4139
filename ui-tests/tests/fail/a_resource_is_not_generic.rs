use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
struct Book<T> {
    id: Uuid,
    body: T,
}

fn main() {}
