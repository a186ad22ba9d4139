use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Book {
    id: i64,
    title: &'static str,
}

fn main() {}
