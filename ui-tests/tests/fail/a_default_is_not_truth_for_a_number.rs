use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Book {
    id: i64,
    #[resource(default = true)]
    pages: i32,
}

fn main() {}
