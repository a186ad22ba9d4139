use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(collection(table = "books"))]
struct Book {
    id: i64,
    title: String,
}

fn main() {}
