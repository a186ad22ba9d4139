use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Author {
    id: i64,
    name: String,
}

#[derive(ModelResource)]
#[resource(methods(get), serial_fields(post = Author[id, name]))]
struct Book {
    id: i64,
    title: String,
}

fn main() {}
