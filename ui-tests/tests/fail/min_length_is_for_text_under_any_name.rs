use topchef_runtime::ModelResource;

type Pages = i64;

#[derive(ModelResource)]
struct Book {
    id: i64,
    #[resource(min_length = 9)]
    pages: Pages,
}

fn main() {}
