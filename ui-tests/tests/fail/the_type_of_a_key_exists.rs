use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Book {
    id: Uuid,
    title: String,
}

fn main() {}
