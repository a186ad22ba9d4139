use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Chapter {
    id: i64,
    book: String,
}

#[derive(ModelResource)]
#[resource(relations(chapters(has_many = Chapter, by = book)))]
struct Book {
    id: i64,
}

fn main() {}
