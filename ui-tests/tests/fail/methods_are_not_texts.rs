use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(methods("get"))]
struct Book {
    id: i64,
    title: String,
}

fn main() {}
