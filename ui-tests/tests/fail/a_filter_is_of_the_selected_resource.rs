use topchef_runtime::{Database, ModelResource};

#[derive(ModelResource)]
struct Book {
    id: i64,
    title: String,
    pub_year: i32,
}

#[derive(ModelResource)]
struct Author {
    id: i64,
    name: String,
}

fn try_it(database: &Database) {
    let _ = database.select::<Book>().filter(Author::NAME.eq("Frank"));
}

fn main() {
    let _ = try_it;
}
