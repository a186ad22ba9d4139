use topchef_runtime::{Api, Database, ModelResource};

#[derive(ModelResource)]
#[resource(crate = "topchef_runtime")]
struct Book {
    id: i64,
}

#[derive(ModelResource)]
struct Chapter {
    id: i64,
    #[resource(references = Book)]
    book_id: i64,
}

fn api(database: Database) {
    let _ = Api::new(database).resource::<Book>().resource::<Chapter>();
    let _ = Book::ID;
}

fn main() {
    let _ = api;
}
