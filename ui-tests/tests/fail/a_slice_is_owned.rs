use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Book {
    id: i64,
    #[resource(json)]
    tags: &'static [u8],
}

fn main() {}
