use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(envelope = none)]
struct Book {
    id: i64,
    title: String,
}

fn main() {}
