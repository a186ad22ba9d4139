use topchef_runtime::{ModelResource, Transaction};

#[derive(ModelResource)]
struct Book {
    id: i64,
    title: String,
    pub_year: i32,
}

fn try_it(tx: &mut Transaction) {
    let _ = tx.get::<Book>("7");
}

fn main() {
    let _ = try_it;
}
