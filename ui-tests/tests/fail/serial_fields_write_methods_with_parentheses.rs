use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(serial_fields = [id, label])]
struct Book {
    id: i64,
    title: String,
}

impl Book {
    fn label(&self) -> String {
        self.title.clone()
    }
}

fn main() {}
