use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(collection(filter = [titel]))]
struct Book {
    id: i64,
    title: String,
    author_id: i64,
}

fn main() {}
