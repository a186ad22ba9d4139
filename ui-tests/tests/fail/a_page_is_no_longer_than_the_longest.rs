use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(collection(page_size = 500))]
struct Book {
    id: i64,
    title: String,
    author_id: i64,
}

fn main() {}
