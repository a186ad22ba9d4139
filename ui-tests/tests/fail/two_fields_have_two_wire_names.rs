use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
#[resource(rename_all = "camelCase")]
struct Book {
    id: Uuid,
    page_1: i32,
    page1: i32,
}

fn main() {}
