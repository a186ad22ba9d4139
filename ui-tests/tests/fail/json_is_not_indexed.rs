use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Book {
    id: i64,
    #[resource(json, index)]
    tags: Vec<String>,
}

fn main() {}
