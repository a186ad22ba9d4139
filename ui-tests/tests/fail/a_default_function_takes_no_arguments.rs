use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
struct Book {
    id: Uuid,
    #[resource(default = year_of)]
    pub_year: i32,
}

fn year_of(century: i32) -> i32 {
    century * 100
}

fn main() {}
