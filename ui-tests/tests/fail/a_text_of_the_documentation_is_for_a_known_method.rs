use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(doc(pots = "Adds a book."))]
struct Book {
    id: i64,
    title: String,
}

fn main() {}
