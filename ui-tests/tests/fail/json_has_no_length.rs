use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Book {
    id: i64,
    #[resource(json, max_length = 3)]
    tags: Vec<String>,
}

fn main() {}
