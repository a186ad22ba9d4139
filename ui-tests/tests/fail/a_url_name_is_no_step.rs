use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(url_name = "..")]
struct Book {
    id: i64,
}

fn main() {}
