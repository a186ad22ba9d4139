use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Author {
    id: i64,
    name: String,
}

#[derive(ModelResource)]
#[resource(relations(author(belongs_to = "Author", by = author_id)))]
struct Book {
    id: i64,
    title: String,
    author_id: i64,
}

fn main() {}
