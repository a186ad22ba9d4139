use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Book {
    #[resource(write_only)]
    id: i64,
    title: String,
}

fn main() {}
