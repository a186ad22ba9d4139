use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(collection(filter = [tags]))]
struct Book {
    id: i64,
    title: String,
    #[resource(json)]
    tags: Vec<String>,
}

fn main() {}
