use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(url_prefix = "/api//v1")]
struct Book {
    id: i64,
    title: String,
}

fn main() {}
