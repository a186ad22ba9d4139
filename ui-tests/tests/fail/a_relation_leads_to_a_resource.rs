use topchef_runtime::ModelResource;

struct Shelf;

#[derive(ModelResource)]
#[resource(relations(shelf(belongs_to = Shelf, by = author_id)))]
struct Book {
    id: i64,
    title: String,
    author_id: i64,
}

fn main() {}
