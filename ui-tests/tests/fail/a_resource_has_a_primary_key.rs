use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Book {
    isbn: String,
    title: String,
}

fn main() {}
