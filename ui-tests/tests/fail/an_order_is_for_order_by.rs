use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(collection(sort = [-title]))]
struct Book {
    id: i64,
    title: String,
    author_id: i64,
}

fn main() {}
