use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Book {
    #[resource(primary_key)]
    tags: serde_json::Value,
}

fn main() {}
