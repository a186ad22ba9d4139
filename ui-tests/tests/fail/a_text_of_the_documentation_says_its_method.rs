use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(doc = "Books.")]
struct Book {
    id: i64,
    title: String,
}

fn main() {}
