use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Book {
    id: i64,
    title: str,
}

fn main() {}
