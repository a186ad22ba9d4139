use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(crate = topchef_runtime)]
struct Book {
    id: i64,
    title: String,
    author_id: i64,
}

fn main() {}
