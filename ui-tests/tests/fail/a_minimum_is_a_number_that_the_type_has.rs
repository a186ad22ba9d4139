use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Book {
    id: i64,
    #[resource(minimum = -1)]
    pages: u32,
}

fn main() {}
