use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Book {
    id: i64,
    #[resource(minimum = FIRST_YEAR)]
    pub_year: i32,
}

const FIRST_YEAR: i32 = 1450;

fn main() {}
