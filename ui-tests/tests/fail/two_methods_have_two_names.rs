use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(rename_all = "camelCase", serial_fields = [id, page_1(), page1()])]
struct Book {
    id: i64,
    title: String,
}

impl Book {
    fn page_1(&self) -> &str {
        &self.title
    }

    fn page1(&self) -> &str {
        &self.title
    }
}

fn main() {}
