use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Book {
    id: i64,
    #[resource(version, on_update = 3)]
    version: i64,
}

fn main() {}
