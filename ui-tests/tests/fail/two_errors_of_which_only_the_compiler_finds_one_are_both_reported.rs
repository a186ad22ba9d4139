use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(table = "my books", relations(chapters(has_many = Chapter, by = bok_id)))]
struct Book {
    id: i64,
}

#[derive(ModelResource)]
struct Chapter {
    id: i64,
    book_id: i64,
}

fn main() {}
