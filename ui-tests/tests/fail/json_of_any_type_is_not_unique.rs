use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Book {
    id: i64,
    #[resource(unique)]
    tags: serde_json::Value,
}

fn main() {}
