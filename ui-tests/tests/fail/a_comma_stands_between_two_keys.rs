use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(table = "library" url_name = "books")]
struct Book {
    id: i64,
}

fn main() {}
