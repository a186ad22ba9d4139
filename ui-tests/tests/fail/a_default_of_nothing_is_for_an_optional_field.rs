use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Book {
    id: i64,
    #[resource(default = None)]
    title: String,
}

fn main() {}
