use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Cover {
    id: i64,
    book_id: i64,
}

#[derive(ModelResource)]
#[resource(relations(cover(has_one = Cover, by = bok_id)))]
struct Book {
    id: i64,
    title: String,
}

fn main() {}
