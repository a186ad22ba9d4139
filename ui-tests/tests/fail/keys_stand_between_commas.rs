use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Book {
    id: i64,
    #[resource(read_only index)]
    title: String,
}

fn main() {}
