use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Edition {
    #[resource(primary_key)]
    isbn: String,
    #[resource(primary_key)]
    number: i32,
}

#[derive(ModelResource)]
#[resource(relations(edition(belongs_to = Edition, by = isbn)))]
struct Book {
    id: i64,
    isbn: String,
}

fn main() {}
