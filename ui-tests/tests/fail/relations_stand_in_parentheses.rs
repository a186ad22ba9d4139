use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Author {
    id: i64,
    name: String,
}

#[derive(ModelResource)]
#[resource(relations = Author)]
struct Book {
    id: i64,
    title: String,
    author_id: i64,
}

fn main() {}
