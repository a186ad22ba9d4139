use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Book {
    #[resource(version)]
    id: i64,
}

fn main() {}
