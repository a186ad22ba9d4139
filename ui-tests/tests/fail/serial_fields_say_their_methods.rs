use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(serial_fields(id, title))]
struct Book {
    id: i64,
    title: String,
}

fn main() {}
