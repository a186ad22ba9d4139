use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(doc(post = add_a_book))]
struct Book {
    id: i64,
    title: String,
}

fn main() {}
