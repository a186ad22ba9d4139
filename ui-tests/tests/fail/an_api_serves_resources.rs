use topchef_runtime::{Api, Database};

struct Book {
    title: String,
}

fn api(database: Database) -> Api {
    Api::new(database).resource::<Book>()
}

fn main() {
    let _ = api;
}
