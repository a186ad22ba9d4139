use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Book {
    #[resource(json)]
    id: i64,
    title: String,
}

fn main() {}
