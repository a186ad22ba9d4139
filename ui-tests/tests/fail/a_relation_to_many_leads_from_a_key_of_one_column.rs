use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Chapter {
    id: i64,
    isbn: String,
}

#[derive(ModelResource)]
#[resource(relations(chapters(has_many = Chapter, by = isbn)))]
struct Book {
    #[resource(primary_key)]
    isbn: String,
    #[resource(primary_key)]
    number: i32,
}

fn main() {}
