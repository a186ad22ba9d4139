use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Book {
    id: i64,
    #[resource(maximum = 300)]
    grade: u8,
}

fn main() {}
