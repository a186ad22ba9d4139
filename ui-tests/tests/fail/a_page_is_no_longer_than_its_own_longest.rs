use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(collection(page_size = 50, max_page_size = 20))]
struct Book {
    id: i64,
    title: String,
}

fn main() {}
