use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(serial_fields = [id, label()])]
struct Book {
    id: i64,
    title: String,
}

impl Book {
    fn label() -> String {
        String::new()
    }
}

fn main() {}
