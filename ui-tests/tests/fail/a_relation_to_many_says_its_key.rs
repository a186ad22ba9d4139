use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Book {
    id: i64,
    author_id: i64,
}

#[derive(ModelResource)]
#[resource(relations(books(has_many = Book)))]
struct Author {
    id: i64,
}

fn main() {}
