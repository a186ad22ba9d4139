use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
struct Book {
    id: Uuid,
    #[resource(minimum = "1450")]
    pub_year: i32,
}

fn main() {}
