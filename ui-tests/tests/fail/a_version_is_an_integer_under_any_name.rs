use topchef_runtime::ModelResource;

type Revision = String;

#[derive(ModelResource)]
struct Book {
    id: i64,
    #[resource(version)]
    version: Revision,
}

fn main() {}
