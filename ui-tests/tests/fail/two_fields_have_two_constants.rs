use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[allow(non_snake_case)]
struct Book {
    id: i64,
    isbn: String,
    ISBN: String,
}

fn main() {}
