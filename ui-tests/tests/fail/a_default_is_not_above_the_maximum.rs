use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Book {
    id: i64,
    #[resource(maximum = 3, default = 5)]
    grade: i32,
}

fn main() {}
