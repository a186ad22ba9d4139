use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Book {
    id: i64,
    #[resource(json, minimum = 3)]
    pages: i64,
}

fn main() {}
