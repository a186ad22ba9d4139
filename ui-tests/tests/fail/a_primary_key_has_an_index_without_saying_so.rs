use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Book {
    #[resource(index)]
    id: i64,
    title: String,
}

fn main() {}
