use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(collection(page_size = "50"))]
struct Book {
    id: i64,
    title: String,
}

fn main() {}
