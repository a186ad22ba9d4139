use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Book {
    id: i64,
    #[resource(default("untitled"))]
    title: String,
}

fn main() {}
