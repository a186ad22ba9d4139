use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Book {
    id: i64,
    #[resource(version, maximum = 9)]
    version: i64,
}

fn main() {}
