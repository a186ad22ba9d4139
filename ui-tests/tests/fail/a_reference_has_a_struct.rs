use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Book {
    id: i64,
    #[resource(references)]
    author_id: i64,
}

fn main() {}
