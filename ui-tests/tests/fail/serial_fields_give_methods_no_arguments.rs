use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(serial_fields = [id, label(3)])]
struct Book {
    id: i64,
    title: String,
}

impl Book {
    fn label(&self, length: usize) -> String {
        self.title.chars().take(length).collect()
    }
}

fn main() {}
