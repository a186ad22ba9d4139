use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Book {
    #[resource(primary_key)]
    isbn: String,
    #[resource(primary_key)]
    number: i64,
}

fn main() {}
