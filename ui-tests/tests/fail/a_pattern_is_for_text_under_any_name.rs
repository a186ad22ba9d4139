use topchef_runtime::ModelResource;

type Pages = i64;

#[derive(ModelResource)]
struct Book {
    id: i64,
    #[resource(pattern = "^[0-9]+$")]
    pages: Pages,
}

fn main() {}
