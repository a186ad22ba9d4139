use topchef_runtime::{Database, ModelResource};

#[derive(ModelResource)]
struct Book {
    id: i64,
    title: String,
    pub_year: i32,
}

struct Shelf;

fn try_it(database: &Database) {
    let _ = database.select::<Shelf>();
}

fn main() {
    let _ = try_it;
}
