use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource = "books"]
struct Book {
    id: i64,
    title: String,
}

fn main() {}
