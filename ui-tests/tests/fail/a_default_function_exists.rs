use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
struct Book {
    id: Uuid,
    #[resource(default = first_year)]
    pub_year: i32,
}

fn main() {}
