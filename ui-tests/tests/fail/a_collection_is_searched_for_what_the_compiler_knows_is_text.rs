use topchef_runtime::ModelResource;

type Pages = i64;

#[derive(ModelResource)]
#[resource(collection(search = [title, pages]))]
struct Book {
    id: i64,
    title: String,
    pages: Pages,
}

fn main() {}
