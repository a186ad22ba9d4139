use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(collection(sort = [tags]))]
struct Book {
    id: i64,
    tags: serde_json::Value,
}

fn main() {}
