use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(authorize(post = members))]
struct Book {
    id: i64,
    title: String,
}

fn main() {}
