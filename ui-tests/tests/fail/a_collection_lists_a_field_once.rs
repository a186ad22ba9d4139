use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(collection(sort = [title, id, title]))]
struct Book {
    id: i64,
    title: String,
}

fn main() {}
