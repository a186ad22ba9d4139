use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(methods(GET))]
struct Book {
    id: i64,
}

fn main() {}
