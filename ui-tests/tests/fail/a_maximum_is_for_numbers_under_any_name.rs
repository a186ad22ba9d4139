use topchef_runtime::ModelResource;
use uuid::Uuid;

type Title = String;

#[derive(ModelResource)]
struct Book {
    id: Uuid,
    #[resource(maximum = 3)]
    title: Title,
}

fn main() {}
