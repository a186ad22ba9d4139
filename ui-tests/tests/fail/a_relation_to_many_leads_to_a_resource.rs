use topchef_runtime::ModelResource;

struct Chapter {
    book_id: i64,
}

#[derive(ModelResource)]
#[resource(relations(chapters(has_many = Chapter, by = book_id)))]
struct Book {
    id: i64,
    title: String,
}

fn main() {}
