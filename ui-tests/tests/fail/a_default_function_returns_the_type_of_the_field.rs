use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
struct Book {
    id: Uuid,
    #[resource(default = first_year)]
    pub_year: i32,
}

fn first_year() -> String {
    "1450".to_owned()
}

fn main() {}
