use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(methods(get = true))]
struct Book {
    id: i64,
    title: String,
}

fn main() {}
