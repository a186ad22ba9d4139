use topchef_runtime::{Database, ModelResource};

#[derive(ModelResource)]
struct Book {
    id: i64,
    title: String,
    pub_year: i32,
}

fn try_it(database: &Database) {
    let _ = database.select::<Book>().filter(Book::PUB_YEAR.ge("1965"));
}

fn main() {
    let _ = try_it;
}
