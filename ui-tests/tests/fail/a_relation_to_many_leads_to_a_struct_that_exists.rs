use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Chapter {
    id: i64,
    book_id: i64,
}

#[derive(ModelResource)]
#[resource(relations(chapters(has_many = Chaptr, by = book_id)))]
struct Book {
    id: i64,
    title: String,
}

fn main() {}
