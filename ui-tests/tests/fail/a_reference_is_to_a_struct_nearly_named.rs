use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Author {
    id: i64,
    name: String,
}

#[derive(ModelResource)]
struct Book {
    id: i64,
    #[resource(references = Athor)]
    author_id: i64,
}

fn main() {}
