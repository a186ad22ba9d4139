use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Book {
    id: i64,
    #[resource(version, unique)]
    version: i64,
}

fn main() {}
