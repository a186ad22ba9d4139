use topchef_runtime::ModelResource;

type Pages = i64;

#[derive(ModelResource)]
struct Book {
    id: i64,
    #[resource(max_length = 9)]
    pages: Pages,
}

fn main() {}
