use topchef_runtime::ModelResource;

type Pages = i64;

#[derive(ModelResource)]
struct Book {
    id: i64,
    #[resource(format = "email")]
    pages: Pages,
}

fn main() {}
