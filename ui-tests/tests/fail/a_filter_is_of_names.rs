use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(collection(filter = ["title"]))]
struct Book {
    id: i64,
    title: String,
}

fn main() {}
