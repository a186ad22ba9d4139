use topchef_runtime::{Api, Database, ModelResource, Tracked};
use uuid::Uuid;

#[derive(ModelResource)]
#[resource(tabel = "library")]
struct Book {
    id: Uuid,
    title: String,
}

fn api(database: Database) -> Api {
    Api::new(database).resource::<Book>()
}

fn rename(book: &mut Tracked<Book>) {
    book.set(Book::TITLE, "Dune");
}

fn main() {
    let _ = (api, rename);
}
