use topchef_runtime::ModelResource;

type Revision = Option<i64>;

#[derive(ModelResource)]
struct Book {
    id: i64,
    #[resource(version)]
    version: Revision,
}

fn main() {}
