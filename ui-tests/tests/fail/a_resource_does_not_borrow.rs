use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
struct Book<'a> {
    id: Uuid,
    title: &'a str,
}

fn main() {}
