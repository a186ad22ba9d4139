use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(table = "books",, url_name = "books")]
struct Book {
    id: i64,
    title: String,
}

fn main() {}
