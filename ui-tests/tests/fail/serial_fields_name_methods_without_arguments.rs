use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
#[resource(serial_fields = [id, label()])]
struct Book {
    id: Uuid,
    title: String,
}

impl Book {
    fn label(&self, language: &str) -> String {
        format!("{language}: {}", self.title)
    }
}

fn main() {}
