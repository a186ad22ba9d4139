use topchef_runtime::{ModelResource, Tracked};

#[derive(ModelResource)]
struct Book {
    id: i64,
    title: String,
    pub_year: i32,
}

fn try_it(book: &mut Tracked<Book>) {
    let _ = book.set(Book::PUB_YEAR, "1965");
}

fn main() {
    let _ = try_it;
}
