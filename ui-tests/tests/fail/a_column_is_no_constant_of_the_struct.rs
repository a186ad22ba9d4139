use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Book {
    id: i64,
    title: String,
}

impl Book {
    const TITLE: &'static str = "title";
}

fn main() {
    let _ = Book::TITLE;
}
