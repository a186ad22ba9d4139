use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Book {
    id: Option<i64>,
}

#[derive(ModelResource)]
struct Chapter {
    id: i64,
    #[resource(references = Book)]
    book_id: i64,
}

fn main() {}
