use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(authorize = members)]
struct Book {
    id: i64,
    title: String,
}

fn main() {}
