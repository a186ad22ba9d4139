use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Author {
    id: i64,
    name: String,
}

#[derive(ModelResource)]
#[resource(serial_fields(post = [id, Author[id, name]]))]
struct Book {
    id: i64,
    title: String,
}

fn main() {}
