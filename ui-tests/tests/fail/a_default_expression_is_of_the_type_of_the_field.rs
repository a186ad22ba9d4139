use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
struct Book {
    id: Uuid,
    #[resource(default = 19.5 * 100.0)]
    pub_year: i32,
}

fn main() {}
