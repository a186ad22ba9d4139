use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
struct Book {
    id: Uuid,
    #[resource(min_length = 4)]
    pub_year: i32,
}

fn main() {}
