use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(url_name = "my books")]
struct Book {
    id: i64,
    title: String,
}

fn main() {}
