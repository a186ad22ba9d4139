use topchef_runtime::ModelResource;

enum Genre {
    Novel,
    Poetry,
}

#[derive(ModelResource)]
struct Book {
    id: i64,
    genre: Genre,
}

fn main() {}
