use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Chapter {
    id: i64,
    book_id: i64,
}

#[derive(ModelResource)]
#[resource(relations(chapters(has_many = Chapter, by = library)))]
struct Book {
    id: i64,
}

fn main() {}
