use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Book {
    id: i64,
    #[resource(references = Self)]
    sequel: Option<String>,
}

fn main() {}
