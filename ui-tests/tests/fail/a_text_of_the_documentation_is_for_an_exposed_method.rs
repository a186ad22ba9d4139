use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(methods(get, list), doc(post = "Adds a book."))]
struct Book {
    id: i64,
    title: String,
    author_id: i64,
}

fn main() {}
