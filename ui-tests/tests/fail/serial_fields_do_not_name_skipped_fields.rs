use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(serial_fields = [id, cache])]
struct Book {
    id: i64,
    title: String,
    #[resource(skip)]
    cache: u64,
}

fn main() {}
