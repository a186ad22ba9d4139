use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(url_prefix = "/./api")]
struct Book {
    id: i64,
}

fn main() {}
